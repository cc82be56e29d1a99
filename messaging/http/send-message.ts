/**
 * PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
 *
 * - Answers after the commit. A repeat of the transaction id gets the first event's id.
 * - A reaction that stands already is refused with M_DUPLICATE_ANNOTATION.
 * - With `org.matrix.msc4140.delay` the server sends the event later and answers the id of the delayed event.
 * - With `org.matrix.msc4354.sticky_duration_ms` it sticks: sync tells it to whoever is in the room, however long the gap.
 */

import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { DelayedEvents } from '../delayed/delayed-events.ts'
import type { Posting } from '../events/posting.ts'
import { type Caller, transactionOf } from './acts.ts'
import { delayKey, EventOrDelayId, EventType, HowToSend, JsonBody, RoomId, stickyMsIn } from './shapes.ts'

export function sendMessage(deps: { posting: Posting; delayed: DelayedEvents }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/rooms/:roomId/send/:eventType/:txnId'),
    operation: 'sendMessage',
    needs: 'session',
    rate: 'message',
    params: Type.Object({ roomId: RoomId, eventType: EventType, txnId: Type.String({ minLength: 1 }) }),
    query: HowToSend,
    body: JsonBody,
    answer: EventOrDelayId,
    async handle({ params, query, body, caller }) {
      const { roomId, eventType: type, txnId } = params
      const subject = caller as Caller
      const post = { roomId, type, content: body as JsonObject, ...stickyMsIn(query) }
      const delayMs = query[delayKey]
      if (delayMs !== undefined) {
        const { key: transactionKey } = transactionOf(subject, ['delayed send', roomId, type], txnId)
        return { delay_id: await deps.delayed.schedule(subject, { ...post, delayMs, transactionKey }) }
      }
      const transaction = transactionOf(subject, ['send', roomId, type], txnId)
      return { event_id: await deps.posting.message(subject, { ...post, transaction }) }
    },
  })
}
