/**
 * PUT /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey} (and without a state key, which is the empty one)
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey
 *
 * - State that is the same already answers the event that set it.
 * - Member events go the way of joins, invitations and removals, so that names and rights are those of the person.
 * - With `org.matrix.msc4140.delay` the server sets it later and answers the id of the delayed event.
 * - With `org.matrix.msc4354.sticky_duration_ms` it sticks, and is then set anew even where it is the same already.
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Random, type Route, route } from '#platform/api.ts'
import type { DelayedEvents } from '../delayed/delayed-events.ts'
import type { Posting } from '../events/posting.ts'
import type { Caller } from './acts.ts'
import { delayKey, EventOrDelayId, EventType, HowToSend, JsonBody, RoomId, StateKey, stickyMsIn } from './shapes.ts'

export function setRoomStateWithKey(deps: { posting: Posting; delayed: DelayedEvents; random: Random }): Route {
  return route({
    method: 'PUT',
    path: [
      ...clientPaths('/rooms/:roomId/state/:eventType/:stateKey'),
      ...clientPaths('/rooms/:roomId/state/:eventType/'),
      ...clientPaths('/rooms/:roomId/state/:eventType'),
    ],
    operation: 'setRoomStateWithKey',
    needs: 'session',
    rate: 'message',
    params: Type.Object({ roomId: RoomId, eventType: EventType, stateKey: Type.Optional(StateKey) }),
    query: HowToSend,
    body: JsonBody,
    answer: EventOrDelayId,
    async handle({ params, query, body, caller }) {
      const { roomId, eventType: type, stateKey = '' } = params
      const subject = caller as Caller
      const post = { roomId, type, stateKey, content: body as JsonObject, ...stickyMsIn(query) }
      const delayMs = query[delayKey]
      if (delayMs === undefined) return { event_id: await deps.posting.state(subject, post) }
      // A state request has no transaction id: each is one of its own.
      const wish = { ...post, delayMs, transactionKey: deps.random.bytes(32) }
      return { delay_id: await deps.delayed.schedule(subject, wish) }
    },
  })
}
