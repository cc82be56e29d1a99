/**
 * GET /_matrix/client/v3/notifications
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3notifications
 *
 * - Empty: no list of past notifications is kept. Unread and highlight counts come with /sync.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'

export function getNotifications(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/notifications'),
    operation: 'getNotifications',
    needs: 'session',
    rate: 'read',
    query: Type.Object({
      from: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer()),
      only: Type.Optional(Type.String()),
    }),
    handle: async () => ({ notifications: [] }),
  })
}
