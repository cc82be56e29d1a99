/**
 * PUT /_matrix/client/v3/rooms/{roomId}/typing/{userId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidtypinguserid
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { limits, type Route, route } from '#platform/api.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Typing } from '../typing/typing.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { EmptyAnswer, RoomId, UserId } from './shapes.ts'

const timeoutMsDefault = 30_000

type Deps = { doors: Pick<Doors, 'enter'>; typing: Pick<Typing, 'start' | 'stop'> }

export function setTyping({ doors, typing }: Deps): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/rooms/:roomId/typing/:userId'),
    operation: 'setTyping',
    needs: 'session',
    rate: 'signal',
    params: Type.Object({ roomId: RoomId, userId: UserId }),
    body: Type.Object({ typing: Type.Boolean(), timeout: Type.Optional(Type.Integer({ minimum: 0 })) }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const subject = caller as Caller
      requireOwn(subject, params.userId)
      const { room } = await doors.enter(subject, 'room.typing', params.roomId)
      if (body.typing) typing.start(room.id, subject, Math.min(body.timeout ?? timeoutMsDefault, limits.typingMsMax))
      else typing.stop(room.id, subject)
      return {}
    },
  })
}
