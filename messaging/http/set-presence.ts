/**
 * PUT /_matrix/client/v3/presence/{userId}/status
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3presenceuseridstatus
 *
 * - Taken and not kept: presence is off, and clients send theirs without being asked.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { EmptyAnswer, UserId } from './shapes.ts'

export function setPresence(): Route {
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
    async handle({ params, caller }) {
      requireOwn(caller as Caller, params.userId)
      return {}
    },
  })
}
