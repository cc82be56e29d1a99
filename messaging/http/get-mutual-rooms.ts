/**
 * GET /_matrix/client/v1/mutual_rooms
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mutual_rooms
 *
 * - Somebody whom nobody knows shares no room with anybody.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { MutualRooms } from '../directory/mutual-rooms.ts'
import type { Caller } from './acts.ts'

type Deps = { mutualRooms: Pick<MutualRooms, 'page'> }

export function getMutualRooms({ mutualRooms }: Deps): Route {
  return route({
    method: 'GET',
    path: [
      '/_matrix/client/v1/mutual_rooms',
      '/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms',
      '/_matrix/client/unstable/uk.half-shot.msc2666/mutual_rooms',
    ],
    operation: 'getMutualRooms',
    needs: 'session',
    rate: 'read',
    query: Type.Object({ user_id: Type.String(), from: Type.Optional(Type.String()) }),
    handle: ({ query, caller }) => mutualRooms.page(caller as Caller, query.user_id, query.from),
  })
}
