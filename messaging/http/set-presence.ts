/**
 * PUT /_matrix/client/v3/presence/{userId}/status
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3presenceuseridstatus
 *
 * - Where presence is turned off it is taken and not kept: clients send theirs without being asked.
 * - Who is suspended is seen, and says nothing by it.
 */

import Type from 'typebox'
import { requireGoodStanding } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { limits, type Route, refuse, route } from '#platform/api.ts'
import type { PresenceBoard } from '../presence/presence-board.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { EmptyAnswer, UserId } from './shapes.ts'

export function setPresence({ presenceBoard }: { presenceBoard: Pick<PresenceBoard, 'set'> | undefined }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/presence/:userId/status'),
    operation: 'setPresence',
    needs: 'session',
    rate: 'signal',
    params: Type.Object({ userId: UserId }),
    body: Type.Object({
      presence: Type.Union([Type.Literal('online'), Type.Literal('offline'), Type.Literal('unavailable')]),
      status_msg: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const subject = caller as Caller
      requireOwn(subject, params.userId)
      const { presence, status_msg: statusMsg } = body
      if (statusMsg) requireGoodStanding(subject)
      if (statusMsg && statusMsg.length > limits.statusMsgCharactersMax) {
        throw refuse('M_TOO_LARGE', `A status message has at most ${limits.statusMsgCharactersMax} characters.`)
      }
      presenceBoard?.set(subject, presence, statusMsg || undefined)
      return {}
    },
  })
}
