/**
 * GET /_matrix/client/v3/publicRooms
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3publicrooms
 *
 * - The largest rooms first. Pages are cut from the list as it is at that moment.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PublicRooms } from '../directory/public-rooms.ts'
import { pageLimitDefault, pageLimitMax, requireOwnServer } from './public-rooms-server.ts'

type Deps = { publicRooms: Pick<PublicRooms, 'page'>; serverName: string }

export function getPublicRooms({ publicRooms, serverName }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/publicRooms'),
    operation: 'getPublicRooms',
    needs: 'rooms.directory',
    rate: 'read',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      since: Type.Optional(Type.String()),
      server: Type.Optional(Type.String()),
    }),
    async handle({ query }) {
      requireOwnServer(serverName, query.server)
      const limit = Math.min(query.limit ?? pageLimitDefault, pageLimitMax)
      return publicRooms.page({ limit, since: query.since })
    },
  })
}
