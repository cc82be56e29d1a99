/**
 * Events between memory and the database: the whole event is sealed as JSON under the key of its room and bound to its
 * event id, so that a ciphertext moved to another row cannot be opened.
 */
import type { JsonObject, Pdu } from '#matrix/api.ts'
import type { SealingKey } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import type { EventRow } from '../store/events.ts'
import { StoredEvent } from './stored-event.ts'

const purpose = 'event'

export type RoomIdentity = Pick<Room, 'id' | 'matrixId' | 'version' | 'key'>

export function sealEvent(key: SealingKey, eventId: string, pdu: Pdu): Buffer {
  return key.seal(purpose, eventId, Buffer.from(JSON.stringify(pdu)))
}

/** Throws `SealBroken` when the row was altered or holds another event's ciphertext. */
export function openPdu(key: SealingKey, row: Pick<EventRow, 'matrixId' | 'sealed'>): Pdu {
  return JSON.parse(key.open(purpose, row.matrixId, row.sealed).toString('utf8')) as Pdu
}

export function openEvent(room: RoomIdentity, row: EventRow): StoredEvent {
  return new StoredEvent({
    id: row.id,
    roomId: room.id,
    roomMatrixId: room.matrixId,
    version: room.version,
    matrixId: row.matrixId,
    senderId: row.senderId,
    ordering: row.ordering,
    notifyCount: row.notifyCount,
    pdu: openPdu(room.key, row),
    jsonBytes: row.sealed.length,
  })
}

/**
 * Stands for an event whose ciphertext cannot be opened: its readers see that something is there and cannot be read, and
 * everything round it stays readable. NOTSPEC: the specification knows no such event.
 */
export function unreadableEvent(room: RoomIdentity, row: EventRow, sender: string): StoredEvent {
  const content: JsonObject = {}
  const pdu: Pdu = {
    type: row.type,
    sender,
    room_id: room.matrixId,
    content,
    origin_server_ts: row.originTs,
    depth: 0,
    prev_events: [],
    auth_events: [],
    unsigned: { 'chancery.unreadable': true },
  }
  return new StoredEvent({ ...row, roomMatrixId: room.matrixId, version: room.version, pdu, jsonBytes: 0 })
}
