/**
 * PUT /_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidredacteventidtxnid
 *
 * - What an event said is overwritten in the same transaction that stores the redaction.
 * - Own events need the right to send redactions; those of others the room's level for redacting.
 */

import Type from 'typebox'
import { clientPaths, powerLevelOf, powerLevels } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import type { Doors } from '../rooms/doors.ts'
import { type Caller, transactionOf } from './acts.ts'
import { EventId, EventIdAnswer, Reason, RoomId } from './shapes.ts'

/** Not where it is redacted itself: then it tells no more of what was before. */
async function successorOf(reader: EventReader, redacts: StoredEvent): Promise<{ successor?: StoredEvent }> {
  const successor = redacts.stateKey === undefined ? undefined : await reader.successor(redacts)
  return successor === undefined || successor.isRedacted ? {} : { successor }
}

export function redactEvent(deps: { doors: Doors; writer: RoomWriter; reader: EventReader }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/rooms/:roomId/redact/:eventId/:txnId'),
    operation: 'redactEvent',
    needs: 'session',
    rate: 'message',
    params: Type.Object({ roomId: RoomId, eventId: EventId, txnId: Type.String({ minLength: 1 }) }),
    body: Type.Optional(Type.Object({ reason: Reason })),
    answer: EventIdAnswer,
    async handle({ params, body, caller }) {
      const { roomId, eventId, txnId } = params
      const subject = caller as Caller
      const { room, grant } = await deps.doors.enter(subject, 'room.redact', roomId)
      const redacts = await deps.reader.inRoom(room, eventId)
      if (redacts === undefined) throw refuse('M_NOT_FOUND', 'There is no such message in this room.')
      if (redacts.type === 'm.room.create') {
        throw refuse(
          'M_FORBIDDEN',
          'What a room began with cannot be removed. Leave the room, or remove what was said.',
        )
      }
      if (redacts.senderId !== subject.userId) {
        await deps.doors.enter(subject, 'room.redactOthers', roomId)
        const needed = powerLevels(room, room.version).redact
        if (powerLevelOf(subject.matrixId, room, room.version) < needed) {
          throw refuse('M_FORBIDDEN', `Removing what others wrote needs power level ${needed} in this room.`)
        }
      }
      const event_id = await deps.writer.send(grant, 'room.redact', room, {
        type: 'm.room.redaction',
        sender: { userId: subject.userId, matrixId: subject.matrixId },
        content: body?.reason === undefined ? {} : { reason: body.reason },
        redacts,
        ...(await successorOf(deps.reader, redacts)),
        transaction: transactionOf(subject, ['redact', roomId, eventId], txnId),
      })
      return { event_id }
    },
  })
}
