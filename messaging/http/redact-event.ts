/**
 * PUT /_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidredacteventidtxnid
 *
 * - What an event said is overwritten in the same transaction that stores the redaction.
 * - Own events need the right to send redactions; those of others the room's level for redacting.
 */

import Type from 'typebox'
import { clientPaths, isJsonObject, powerLevelOf, powerLevels, redactsOf } from '#matrix/api.ts'
import { type Clock, type Route, refuse, route } from '#platform/api.ts'
import { type Draft, Overtaken } from '../events/draft.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { RoomWriter } from '../events/room-writer.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Room } from '../rooms/room.ts'
import { type Caller, transactionOf } from './acts.ts'
import { EventId, EventIdAnswer, Reason, RoomId } from './shapes.ts'

type Deps = { doors: Doors; writer: RoomWriter; reader: EventReader; clock: Clock }
type Replaced = Pick<Draft, 'successor' | 'onlyWhileHeld'>

/** What replaced a state event is read again so often, when it is just being written. */
const looksMax = 20
const lookMs = 10

/** Not where it is redacted itself: then it tells no more of what was before. */
async function toldBy(reader: EventReader, room: Room, redacts: StoredEvent): Promise<Replaced> {
  if (redacts.type === 'm.room.redaction') return redactedBy(reader, room, redacts)
  const { type, stateKey, matrixId: eventId } = redacts
  if (stateKey === undefined) return {}
  const successor = await reader.successor(redacts)
  if (successor === undefined) return { onlyWhileHeld: { type, stateKey, eventId } }
  return successor.isRedacted ? {} : { successor }
}

async function redactedBy(reader: EventReader, room: Room, { pdu, version, matrixId }: StoredEvent): Promise<Replaced> {
  const id = redactsOf(pdu, version)
  const before = id === undefined ? undefined : await reader.inRoom(room, id)
  const because = before?.pdu.unsigned?.redacted_because
  return before !== undefined && isJsonObject(because) && because.event_id === matrixId ? { successor: before } : {}
}

async function send({ doors, writer, reader, clock }: Deps, subject: Caller, roomId: string, draft: Draft) {
  for (let looks = 1; ; looks += 1) {
    const { room, grant } = await doors.enter(subject, 'room.redact', roomId)
    const replaced = draft.redacts === undefined ? {} : await toldBy(reader, room, draft.redacts)
    try {
      return await writer.send(grant, 'room.redact', room, { ...draft, ...replaced })
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
      if (looks === looksMax) {
        throw refuse('M_UNKNOWN', 'This was changed at the same moment. Send it again.', { status: 503 })
      }
      await clock.sleep(lookMs)
    }
  }
}

export function redactEvent(deps: Deps): Route {
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
      const { room } = await deps.doors.enter(subject, 'room.redact', roomId)
      const redacts = await deps.reader.inRoom(room, eventId)
      if (redacts === undefined) throw refuse('M_NOT_FOUND', 'There is no such message in this room.')
      if (redacts.type === 'm.room.create') {
        throw refuse(
          'M_FORBIDDEN',
          'What a room began with cannot be removed. Leave the room, or remove what was said.',
        )
      }
      if (redacts.type === 'm.room.encryption' && redacts.stateKey === '') {
        throw refuse('M_FORBIDDEN', 'Encryption of a room cannot be turned off, nor removed. Make a new room instead.')
      }
      if (redacts.senderId !== subject.userId) {
        await deps.doors.enter(subject, 'room.redactOthers', roomId)
        const needed = powerLevels(room, room.version).redact
        if (powerLevelOf(subject.matrixId, room, room.version) < needed) {
          throw refuse('M_FORBIDDEN', `Removing what others wrote needs power level ${needed} in this room.`)
        }
      }
      const event_id = await send(deps, subject, roomId, {
        type: 'm.room.redaction',
        sender: { userId: subject.userId, matrixId: subject.matrixId },
        content: body?.reason === undefined ? {} : { reason: body.reason },
        redacts,
        transaction: transactionOf(subject, ['redact', roomId, eventId], txnId),
      })
      return { event_id }
    },
  })
}
