import type { JsonObject } from '#matrix/api.ts'
import type { RoomIdentity } from './event-codec.ts'
import type { EventReader } from './event-reader.ts'
import { relationOf, type StoredEvent } from './stored-event.ts'

/** Names what is in a room and in no thread of it. */
export const mainThread = 'main'

/** How far relations are followed: a reaction to an edit of a thread's message is as deep as the specification goes. */
const hopsMax = 3

type Deps = { reader: Pick<EventReader, 'inRoom'> }

/**
 * The thread that an event belongs to: the id of the thread's root, or `main`. What reacts to, edits or refers to an
 * event belongs where that event belongs. https://spec.matrix.org/v1.19/client-server-api/#threading
 */
export function threadOf(deps: Deps, room: RoomIdentity, event: StoredEvent): Promise<string> {
  return threadOfContent(deps, room, event.content)
}

export async function threadOfContent(deps: Deps, room: RoomIdentity, content: JsonObject): Promise<string> {
  let current = content
  for (let hop = 0; hop < hopsMax; hop += 1) {
    const relation = relationOf(current)
    if (relation === undefined) return mainThread
    if (relation.type === 'm.thread') return relation.target
    const target = await deps.reader.inRoom(room, relation.target)
    if (target === undefined) return mainThread
    current = target.content
  }
  return mainThread
}

/** The same where it can be told without looking anything up; otherwise undefined. */
export function threadAtOnce(content: JsonObject): string | undefined {
  const relation = relationOf(content)
  if (relation === undefined) return mainThread
  return relation.type === 'm.thread' ? relation.target : undefined
}
