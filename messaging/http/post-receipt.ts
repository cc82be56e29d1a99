/**
 * POST /_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidreceiptreceipttypeeventid
 *
 * - m.read is told to everybody, m.read.private and m.fully_read to the reader's own devices. None moves back.
 * - `thread_id` must be the thread that the event belongs to, or the event itself when it is the thread's root.
 */
import Type from 'typebox'
import { clientPaths, isJsonObject } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { threadOf } from '../events/thread-of.ts'
import type { ReadMarkers } from '../receipts/read-markers.ts'
import type { Receipts } from '../receipts/receipts.ts'
import type { Doors } from '../rooms/doors.ts'
import type { Room } from '../rooms/room.ts'
import type { Caller } from './acts.ts'
import { readEvent } from './read-event.ts'
import { EmptyAnswer, RoomId } from './shapes.ts'

type Deps = {
  doors: Pick<Doors, 'enter'>
  reader: Pick<EventReader, 'inRoom'>
  receipts: Pick<Receipts, 'put'>
  readMarkers: Pick<ReadMarkers, 'put'>
}

export function postReceipt(deps: Deps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/rooms/:roomId/receipt/:receiptType/:eventId'),
    operation: 'postReceipt',
    needs: 'session',
    rate: 'signal',
    params: Type.Object({ roomId: RoomId, receiptType: Type.String(), eventId: Type.String() }),
    body: Type.Optional(Type.Unknown()),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const { roomId, receiptType, eventId } = params
      const threadId = threadIdIn(body)
      if (receiptType !== 'm.read' && receiptType !== 'm.read.private' && receiptType !== 'm.fully_read') {
        throw refuse('M_INVALID_PARAM', 'The type of a receipt is m.read, m.read.private or m.fully_read.')
      }
      const { room, grant } = await deps.doors.enter(caller as Caller, 'room.receipt', roomId)
      const event = await readEvent(deps, room, eventId)
      if (receiptType === 'm.fully_read') {
        if (threadId !== '') throw refuse('M_INVALID_PARAM', 'A read marker belongs to the whole room: omit thread_id.')
        await deps.readMarkers.put(grant, room, event)
        return {}
      }
      await checkThread(deps, room, event, threadId)
      await deps.receipts.put(grant, event, receiptType, threadId)
      return {}
    },
  })
}

/** Empty when the receipt is for the room as a whole. */
function threadIdIn(body: unknown): string {
  if (body === undefined || body === null) return ''
  if (!isJsonObject(body)) throw refuse('M_BAD_JSON', 'The body must be a JSON object. It may be empty.')
  const { thread_id: threadId } = body
  if (threadId === undefined) return ''
  if (typeof threadId !== 'string' || threadId === '' || threadId.includes('\u0000') || threadId.length > 255) {
    throw refuse('M_INVALID_PARAM', 'thread_id must be main or the event id of the root of a thread.')
  }
  return threadId
}

/** A redacted event has lost what it belonged to, so any thread is believed. */
async function checkThread(deps: Deps, room: Room, event: StoredEvent, threadId: string): Promise<void> {
  if (threadId === '' || threadId === event.matrixId || event.isRedacted) return
  if ((await threadOf(deps, room, event)) !== threadId) {
    throw refuse('M_INVALID_PARAM', 'This event does not belong to the thread that thread_id names.')
  }
}
