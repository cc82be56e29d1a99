/**
 * PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
 *
 * - Answers after the commit. A repeat of the transaction id gets the first event's id.
 * - A reaction that stands already is refused with M_DUPLICATE_ANNOTATION.
 */

import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Relations } from '../events/relations.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import { relationOf } from '../events/stored-event.ts'
import type { Doors } from '../rooms/doors.ts'
import { type Caller, transactionOf } from './acts.ts'
import { EventType, JsonBody, RoomId } from './shapes.ts'

export function sendMessage(deps: { doors: Doors; writer: RoomWriter; relations: Relations }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/rooms/:roomId/send/:eventType/:txnId'),
    operation: 'sendMessage',
    needs: 'session',
    rate: 'message',
    params: Type.Object({ roomId: RoomId, eventType: EventType, txnId: Type.String({ minLength: 1 }) }),
    body: JsonBody,
    answer: Type.Object({ event_id: Type.String() }),
    async handle({ params, body, caller }) {
      const { roomId, eventType, txnId } = params
      const subject = caller as Caller
      if (eventType === 'm.room.redaction') {
        throw refuse('M_BAD_JSON', 'A redaction is made with the redact endpoint, which names the event to remove.')
      }
      const { room, grant } = await deps.doors.enter(subject, 'room.send', roomId)
      const content = body as JsonObject
      const transaction = transactionOf(subject, ['send', roomId, eventType], txnId)
      const relation = relationOf(content)
      if (relation?.type === 'm.thread') await deps.relations.refuseThreadWithinThread(room, relation)
      const sender = { userId: subject.userId, matrixId: subject.matrixId }
      const draft = { type: eventType, sender, content, transaction }
      return { event_id: await deps.writer.send(grant, 'room.send', room, draft) }
    },
  })
}
