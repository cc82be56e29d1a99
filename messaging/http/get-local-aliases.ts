/**
 * GET /_matrix/client/v3/rooms/{roomId}/aliases
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidaliases
 *
 * - For members, and for everybody where everybody may read.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Aliases } from '../directory/aliases.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Caller } from './acts.ts'
import { RoomId } from './shapes.ts'

type Deps = { aliases: Pick<Aliases, 'ofRoom'>; doors: Pick<Doors, 'enter'> }

export function getLocalAliases({ aliases, doors }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/rooms/:roomId/aliases'),
    operation: 'getLocalAliases',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ roomId: RoomId }),
    answer: Type.Object({ aliases: Type.Array(Type.String()) }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      const { room } = await doors.enter(subject, 'room.read', params.roomId)
      const isMember = room.member(subject.matrixId)?.membership === 'join'
      if (!isMember && room.historyVisibility() !== 'world_readable') {
        throw refuse('M_FORBIDDEN', 'You are not in this room any more. Ask a member to invite you.')
      }
      return { aliases: await aliases.ofRoom(room) }
    },
  })
}
