/**
 * GET /_matrix/client/v3/directory/list/room/{roomId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3directorylistroomroomid
 *
 * - For signed-in people who may know of the room; for all others there is no such room.
 */

import Type from 'typebox'
import { type Access, room as roomObject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { PublicRooms } from '../directory/public-rooms.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { Caller } from './acts.ts'
import { RoomId } from './shapes.ts'

type Deps = {
  publicRooms: Pick<PublicRooms, 'has'>
  access: Access
  rooms: Pick<RoomCache, 'byMatrixId'>
  memberships: Pick<Memberships, 'load'>
}

export function getRoomVisibilityOnDirectory({ publicRooms, access, rooms, memberships }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/directory/list/room/:roomId'),
    operation: 'getRoomVisibilityOnDirectory',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      const [room] = await Promise.all([rooms.byMatrixId(params.roomId), memberships.load(subject.userId)])
      const listed = room !== undefined && (await publicRooms.has(room))
      if (listed) return { visibility: 'public' }
      if (room === undefined || !access.decide(subject, 'room.see', roomObject(room.id)).allowed) {
        throw refuse('M_NOT_FOUND', 'There is no such room, or none that you may know of.')
      }
      return { visibility: 'private' }
    },
  })
}
