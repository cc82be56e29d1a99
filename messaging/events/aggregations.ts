/**
 * What belongs to an event besides itself: its newest edit, its thread, what refers to it.
 * https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
import type { JsonObject } from '#matrix/api.ts'
import type { Db } from '#platform/api.ts'
import { referenceRows, replacementRows, threadSummaryRows } from '../store/events.ts'
import type { EventReader } from './event-reader.ts'
import { type Aggregations, eventObject, type Reader, type StoredEvent } from './stored-event.ts'

type Deps = { db: Db; reader: EventReader }

/** Aggregations of the events given, by event id; events that nothing belongs to are missing. */
export async function aggregationsOf(
  deps: Deps,
  reader: Reader,
  events: readonly StoredEvent[],
): Promise<Map<string, Aggregations>> {
  const ids = events.filter((event) => event.stateKey === undefined && !event.isRedacted).map((event) => event.matrixId)
  if (ids.length === 0) return new Map()
  const [edits, references, threads] = await Promise.all([
    replacementRows(deps.db, ids),
    referenceRows(deps.db, ids),
    threadSummaryRows(deps.db, ids, reader.userId),
  ])
  const found = new Map<string, JsonObject>()
  const add = (id: string, relation: string, value: JsonObject) => {
    const relations = found.get(id)
    if (relations === undefined) found.set(id, { [relation]: value })
    else relations[relation] = value
  }
  for (const edit of await deps.reader.open(edits)) {
    const target = edit.content['m.relates_to'] as JsonObject | undefined
    if (typeof target?.event_id === 'string') add(target.event_id, 'm.replace', eventObject(edit, reader))
  }
  for (const { relatesTo, matrixId } of references) addReference(found, relatesTo, matrixId)
  await addThreads(deps, reader, threads, add)
  return found
}

function addReference(found: Map<string, JsonObject>, target: string, eventId: string): void {
  const relations = found.get(target) ?? {}
  found.set(target, relations)
  const chunk = ((relations['m.reference'] as JsonObject | undefined)?.chunk ?? []) as JsonObject[]
  relations['m.reference'] = { chunk: [...chunk, { event_id: eventId }] }
}

async function addThreads(
  deps: Deps,
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
    ),
  )
  for (const thread of threads) {
    const event = byId.get(thread.latestId)
    if (event === undefined) continue
    const edit = edits.find((one) => (one.content['m.relates_to'] as JsonObject).event_id === event.matrixId)
    add(thread.root, 'm.thread', {
      latest_event: eventObject(event, reader, edit && { 'm.replace': eventObject(edit, reader) }),
      count: thread.count,
      current_user_participated: thread.participated || event.senderId === reader.userId,
    })
  }
}
