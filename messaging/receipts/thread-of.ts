import type { EventReader } from '../events/event-reader.ts'
import { relationOf, type StoredEvent } from '../events/stored-event.ts'
import type { Room } from '../rooms/room.ts'

/** How far relations are followed: a reaction to an edit of a thread's message is as deep as the specification goes. */
const hopsMax = 3

/**
 * The thread that an event belongs to: the id of the thread's root, or 'main'. What reacts to, edits or refers to an
 * event belongs where that event belongs. https://spec.matrix.org/v1.19/client-server-api/#threading
 */
export async function threadOf(
  deps: { reader: Pick<EventReader, 'inRoom'> },
  room: Room,
  event: StoredEvent,
): Promise<string> {
  let current = event
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const relation = relationOf(current.content)
    if (relation === undefined) return 'main'
    if (relation.type === 'm.thread') return relation.target
    const target = await deps.reader.inRoom(room, relation.target)
    if (target === undefined) return 'main'
    current = target
  }
  return 'main'
}
