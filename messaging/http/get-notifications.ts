/**
 * GET /_matrix/client/v3/notifications
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3notifications
 *
 * - By the person's push rules of now. A page may hold less than was asked for although there is a `next_token`.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { limits, type Route, refuse, route } from '#platform/api.ts'
import type { Notifications } from '../push/notifications.ts'
import type { Caller } from './acts.ts'
import { jsonText } from './json-text.ts'

const limitDefault = 20

export function getNotifications({ notifications }: { notifications: Pick<Notifications, 'page'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/notifications'),
    operation: 'getNotifications',
    needs: 'session',
    rate: 'read',
    query: Type.Object({
      from: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      only: Type.Optional(Type.String()),
    }),
    async handle({ query, caller }) {
      const { from, limit = limitDefault, only } = query
      const before = from === undefined ? undefined : Number(from)
      if (before !== undefined && !(Number.isSafeInteger(before) && before > 0)) {
        throw refuse('M_INVALID_PARAM', 'Go on with the next_token that this endpoint gave.')
      }
      const onlyHighlights = only === 'highlight'
      const wish = { before, limit: Math.min(limit, limits.notificationsPageMax), onlyHighlights }
      return jsonText(await notifications.page(caller as Caller, wish))
    },
  })
}
