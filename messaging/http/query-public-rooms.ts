/**
 * POST /_matrix/client/v3/publicRooms
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3publicrooms
 *
 * - Finds rooms whose name, topic or main address holds every word of the search, without regard to case and accents.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { PublicRooms } from '../directory/public-rooms.ts'
import { pageLimitDefault, pageLimitMax, requireOwnServer } from './public-rooms-server.ts'

const optional = <T extends Type.TSchema>(schema: T) => Type.Optional(Type.Union([schema, Type.Null()]))

const Body = Type.Object({
  limit: optional(Type.Integer({ minimum: 1 })),
  since: optional(Type.String()),
  filter: optional(
    Type.Object({
      generic_search_term: optional(Type.String({ maxLength: 1_000 })),
      room_types: optional(Type.Array(Type.Union([Type.String(), Type.Null()]), { maxItems: 100 })),
    }),
  ),
  include_all_networks: optional(Type.Boolean()),
  third_party_instance_id: optional(Type.String()),
})

type Deps = { publicRooms: Pick<PublicRooms, 'page'>; serverName: string }

export function queryPublicRooms({ publicRooms, serverName }: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/publicRooms'),
    operation: 'queryPublicRooms',
    needs: 'rooms.directory',
    rate: 'read',
    query: Type.Object({ server: Type.Optional(Type.String()) }),
    body: Type.Optional(Body),
    async handle({ query, body }) {
      requireOwnServer(serverName, query.server)
      const wish = (body ?? {}) as Type.Static<typeof Body>
      const network = wish.third_party_instance_id ?? ''
      if (network !== '' && wish.include_all_networks === true) {
        throw refuse('M_INVALID_PARAM', 'Ask for one network or for all: leave one of the two fields out.')
      }
      // No application service brings rooms of another network here.
      if (network !== '') return { chunk: [], total_room_count_estimate: 0 }
      return publicRooms.page({
        limit: Math.min(wish.limit ?? pageLimitDefault, pageLimitMax),
        since: wish.since ?? undefined,
        searchTerm: wish.filter?.generic_search_term ?? undefined,
        roomTypes: wish.filter?.room_types ?? undefined,
      })
    },
  })
}
