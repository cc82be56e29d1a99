/**
 * What belongs to an event besides itself: its newest edit, its thread, what refers to it.
 * https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
import type { JsonObject } from '#matrix/api.ts'
import { type Db, limits } from '#platform/api.ts'
import { referenceRows, replacementRows, type ThreadSummaryRow, threadSummaryRows } from '../store/events.ts'
import type { EventReader } from './event-reader.ts'
import { type Aggregations, eventObject, type Reader, relationOf, type StoredEvent } from './stored-event.ts'
import type { Visibility } from './visibility.ts'

type Deps = { db: Db; reader: EventReader }

/**
 * Aggregations of the events given, by event id; events that nothing belongs to are missing. `visibility` is the reader's, in the
 * room of the events: it bounds what belongs to them too. Only where it is `everything` may the rooms be several.
 */
export async function aggregationsOf(
  deps: Deps,
  reader: Reader,
  events: readonly StoredEvent[],
  { places }: Visibility,
): Promise<Map<string, Aggregations>> {
  const ids = events.filter((event) => event.stateKey === undefined && !event.isRedacted).map((event) => event.matrixId)
  if (ids.length === 0) return new Map()
  const [edits, references, threads] = await Promise.all([
    replacementRows(deps.db, ids, places),
    referenceRows(deps.db, ids, places, limits.bundledReferencesMax),
    threadSummaryRows(deps.db, ids, reader.userId, places),
  ])
  const found = new Map<string, JsonObject>()
  const add = (id: string, relation: string, value: JsonObject) => {
    const relations = found.get(id)
    if (relations === undefined) found.set(id, { [relation]: value })
    else relations[relation] = value
  }
  for (const edit of await deps.reader.open(edits)) {
    const target = relationOf(edit.content)?.target
    if (target !== undefined) add(target, 'm.replace', eventObject(edit, reader))
  }
  for (const [target, rows] of Map.groupBy(references, (row) => row.target)) {
    add(target, 'm.reference', { chunk: rows.map((row) => ({ event_id: row.matrixId })) })
  }
  await addThreads({ ...deps, places }, reader, threads, add)
  return found
}

async function addThreads(
  deps: Deps & Pick<Visibility, 'places'>,
  reader: Reader,
  threads: readonly ThreadSummaryRow[],
  add: (id: string, relation: string, value: JsonObject) => void,
): Promise<void> {
  if (threads.length === 0) return
  const latest = await deps.reader.byIds(threads.map((thread) => thread.latestId))
  const byId = new Map(latest.map((event) => [event.id, event]))
  const edits = await deps.reader.open(
    await replacementRows(
      deps.db,
      latest.map((event) => event.matrixId),
      deps.places,
    ),
  )
  for (const thread of threads) {
    const event = byId.get(thread.latestId)
    if (event === undefined) continue
    const edit = edits.find((one) => relationOf(one.content)?.target === event.matrixId)
    add(thread.root, 'm.thread', {
      latest_event: eventObject(event, reader, edit && { 'm.replace': eventObject(edit, reader) }),
      count: thread.count,
      current_user_participated: thread.participated || event.senderId === reader.userId,
    })
  }
}
