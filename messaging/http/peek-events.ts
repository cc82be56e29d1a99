/**
 * GET /_matrix/client/v3/events?room_id=…
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3events
 *
 * - For a room that the person is in, or that everybody may read. Waits for the next event, for `timeout` at most.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Peek } from '../peeking/peek.ts'
import type { SessionSignals } from '../sync/session-signals.ts'
import type { Caller } from './acts.ts'
import { RoomId } from './shapes.ts'

const timeoutDefaultMs = 30_000

type Deps = { peek: Pick<Peek, 'events'>; sessions: Pick<SessionSignals, 'during'> }

export function peekEvents({ peek, sessions }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/events'),
    operation: 'peekEvents',
    needs: 'session',
    rate: 'sync',
    query: Type.Object({
      room_id: RoomId,
      from: Type.Optional(Type.String()),
      timeout: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    handle: ({ query, caller, signal }) =>
      sessions.during((caller as Caller).sessionId, signal, (until) =>
        peek.events(caller as Caller, {
          roomId: query.room_id,
          from: query.from,
          timeoutMs: query.timeout ?? timeoutDefaultMs,
          signal: until,
        }),
      ),
  })
}
