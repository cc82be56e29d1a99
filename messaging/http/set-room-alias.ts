/**
 * PUT /_matrix/client/v3/directory/room/{roomAlias}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3directoryroomroomalias
 */
import Type from 'typebox'
import { clientPaths, isAlias } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Aliases } from '../directory/aliases.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { EmptyAnswer, RoomId } from './shapes.ts'

type Deps = { aliases: Pick<Aliases, 'isOurs' | 'give'>; doors: Pick<Doors, 'enter'> }

export function setRoomAlias({ aliases, doors }: Deps): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/directory/room/:roomAlias'),
    operation: 'setRoomAlias',
    needs: 'rooms.alias',
    rate: 'settings',
    params: Type.Object({ roomAlias: Type.String() }),
    body: Type.Object({ room_id: RoomId }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const alias = params.roomAlias
      if (!isAlias(alias)) throw refuse('M_INVALID_PARAM', 'An address of a room looks like #name:server.')
      if (!aliases.isOurs(alias)) {
        throw refuse('M_INVALID_PARAM', 'Addresses can be given on this server only. Use its name behind the colon.')
      }
      const { room, grant } = await doors.enter(caller as Caller, 'room.alias', body.room_id)
      if (!(await aliases.give(grant, alias, room))) {
        throw refuse('M_UNKNOWN', 'This address already belongs to a room. Choose another one.', { status: 409 })
      }
      return {}
    },
  })
}
