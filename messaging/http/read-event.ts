import { isEventId } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import type { Room } from '../rooms/room.ts'

/** The event up to which somebody has read; refused in words when the room has none of that id. */
export async function readEvent(
  deps: { reader: Pick<EventReader, 'inRoom'> },
  room: Room,
  eventId: string,
): Promise<StoredEvent> {
  if (!isEventId(eventId))
    throw refuse('M_INVALID_PARAM', 'This is no event id. An event id begins with a dollar sign.')
  const event = await deps.reader.inRoom(room, eventId)
  if (event === undefined) throw refuse('M_NOT_FOUND', 'This room has no event of this id. Load the room again.')
  return event
}
