/**
 * What belongs to an event besides itself: its newest edit, its thread, what refers to it.
 * https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
import type { JsonObject } from '#matrix/api.ts'
import type { Db } from '#platform/api.ts'
import { referenceRows, replacementRows, threadSummaryRows } from '../store/events.ts'
import type { EventReader } from './event-reader.ts'
import { type Aggregations, eventObject, type Reader, relationOf, type StoredEvent } from './stored-event.ts'
import { everything, type Visibility } from './visibility.ts'

type Deps = { db: Db; reader: EventReader }

/**
 * Aggregations of the events given, by event id; events that nothing belongs to are missing. Where the reader may not see all of
 * the room, `visibility` bounds what belongs to its events too.
 */
export async function aggregationsOf(
  deps: Deps,
  reader: Reader,
  events: readonly StoredEvent[],
  visibility: Visibility = everything,
): Promise<Map<string, Aggregations>> {
  const ids = events.filter((event) => event.stateKey === undefined && !event.isRedacted).map((event) => event.matrixId)
  if (ids.length === 0) return new Map()
  const [edits, references, threads] = await Promise.all([
    replacementRows(deps.db, ids, visibility.ceiling),
    referenceRows(deps.db, ids, visibility.ceiling),
    threadSummaryRows(deps.db, ids, reader.userId, visibility.ceiling),
  ])
  const found = new Map<string, JsonObject>()
  const add = (id: string, relation: string, value: JsonObject) => {
    const relations = found.get(id)
    if (relations === undefined) found.set(id, { [relation]: value })
    else relations[relation] = value
  }
  for (const edit of await deps.reader.open(edits)) {
    const target = relationOf(edit.content)?.target
    if (target !== undefined && visibility.sees(edit)) add(target, 'm.replace', eventObject(edit, reader))
  }
  const referring = await deps.reader.byIds(references.map((row) => row.id))
  for (const event of referring) {
    const target = relationOf(event.content)?.target
    if (target !== undefined && visibility.sees(event)) addReference(found, target, event.matrixId)
  }
  await addThreads({ ...deps, visibility }, reader, threads, add)
  return found
}

function addReference(found: Map<string, JsonObject>, target: string, eventId: string): void {
  const relations = found.get(target) ?? {}
  found.set(target, relations)
  const chunk = ((relations['m.reference'] as JsonObject | undefined)?.chunk ?? []) as JsonObject[]
  relations['m.reference'] = { chunk: [...chunk, { event_id: eventId }] }
}

async function addThreads(
  deps: Deps & { visibility: Visibility },
  reader: Reader,
  threads: Awaited<ReturnType<typeof threadSummaryRows>>,
  add: (id: string, relation: string, value: JsonObject) => void,
): Promise<void> {
  if (threads.length === 0) return
  const latest = await deps.reader.byIds(threads.map((thread) => thread.latestId))
  const byId = new Map(latest.map((event) => [event.id, event]))
  const edits = await deps.reader.open(
    await replacementRows(
      deps.db,
      latest.map((event) => event.matrixId),
      deps.visibility.ceiling,
    ),
  )
  for (const thread of threads) {
    const event = byId.get(thread.latestId)
    if (event === undefined || !deps.visibility.sees(event)) continue
    const edit = edits.find((one) => relationOf(one.content)?.target === event.matrixId)
    add(thread.root, 'm.thread', {
      latest_event: eventObject(event, reader, edit && { 'm.replace': eventObject(edit, reader) }),
      count: thread.count,
      current_user_participated: thread.participated || event.senderId === reader.userId,
    })
  }
}
