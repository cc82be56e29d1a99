/**
 * PUT /_matrix/client/v3/directory/list/room/{roomId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3directorylistroomroomid
 *
 * - For members who may change the room's main address.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import { mayName } from '../directory/power-to-name.ts'
import type { PublicRooms } from '../directory/public-rooms.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { EmptyAnswer, RoomId } from './shapes.ts'

type Deps = { publicRooms: Pick<PublicRooms, 'setListed'>; doors: Pick<Doors, 'enter'> }

export function setRoomVisibilityOnDirectory({ publicRooms, doors }: Deps): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/directory/list/room/:roomId'),
    operation: 'setRoomVisibilityOnDirectory',
    needs: 'rooms.alias',
    rate: 'settings',
    params: Type.Object({ roomId: RoomId }),
    body: Type.Object({
      visibility: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('private')])),
    }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const subject = caller as Caller
      const { room, grant } = await doors.enter(subject, 'room.alias', params.roomId)
      if (!mayName(room, subject.matrixId)) {
        throw refuse('M_FORBIDDEN', 'Only who leads the room can list it for everybody. Ask a moderator of it.')
      }
      await publicRooms.setListed(grant, room, body.visibility !== 'private')
      return {}
    },
  })
}
