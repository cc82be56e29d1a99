/**
 * What belongs to an event besides itself: its newest edit, its thread, what refers to it.
 * https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events
 */
import { isJsonObject, type JsonObject } from '#matrix/api.ts'
import { type Db, limits } from '#platform/api.ts'
import { referenceRows, replacementRows, type ThreadSummaryRow, threadSummaryRows } from '../store/event-relations.ts'
import type { EventRow } from '../store/events.ts'
import type { EventReader } from './event-reader.ts'
import { type Aggregations, eventObject, type Reader, type StoredEvent } from './stored-event.ts'
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
  visibility: Visibility,
): Promise<Map<string, Aggregations>> {
  const { places, ignored } = visibility
  const ids = events.filter((event) => event.stateKey === undefined && !event.isRedacted).map((event) => event.matrixId)
  if (ids.length === 0) return new Map()
  const [edits, references, threads] = await Promise.all([
    newestEdits({ ...deps, visibility }, ids),
    referenceRows(deps.db, ids, { places, ignored, limit: limits.bundledReferencesMax }),
    threadSummaryRows(deps.db, ids, { places, ignored, userId: reader.userId }),
  ])
  const found = new Map<string, JsonObject>()
  const add = (id: string, relation: string, value: JsonObject) => {
    const relations = found.get(id)
    if (relations === undefined) found.set(id, { [relation]: value })
    else relations[relation] = value
  }
  for (const [target, edit] of edits) add(target, 'm.replace', eventObject(edit, reader))
  for (const [target, rows] of Map.groupBy(references, (row) => row.target)) {
    add(target, 'm.reference', { chunk: rows.map((row) => ({ event_id: row.matrixId })) })
  }
  await addThreads({ ...deps, visibility }, reader, threads, add)
  return found
}

/** How often an edit without new content makes room for the one before it. */
const editsLookedAtMax = 8

/**
 * The newest valid edit of each event given, by event id. An edit without `m.new_content` is none; in an encrypted one only its
 * readers can tell. https://spec.matrix.org/v1.19/client-server-api/#validity-of-replacement-events
 */
export async function newestEdits(
  { db, reader, visibility }: Deps & { readonly visibility: Visibility },
  ids: readonly string[],
): Promise<Map<string, StoredEvent>> {
  const edits = new Map<string, StoredEvent>()
  const invalid: number[] = []
  let open = ids
  for (let looks = 0; open.length > 0 && looks < editsLookedAtMax; looks += 1) {
    const rows: EventRow[] = await replacementRows(db, open, visibility.places, invalid)
    const again: string[] = []
    const events = new Map((await reader.open(rows)).map((event) => [event.id, visibility.form(event)]))
    for (const { id, relatesTo } of rows) {
      const event = events.get(id)
      if (event === undefined || relatesTo === null) continue
      if (event.isPruned) again.push(relatesTo)
      else if (event.type === 'm.room.encrypted' || isJsonObject(event.content['m.new_content']))
        edits.set(relatesTo, event)
      else again.push(relatesTo)
      if (!edits.has(relatesTo)) invalid.push(id)
    }
    open = again
  }
  return edits
}

async function addThreads(
  deps: Deps & { readonly visibility: Visibility },
  reader: Reader,
  threads: readonly ThreadSummaryRow[],
  add: (id: string, relation: string, value: JsonObject) => void,
): Promise<void> {
  if (threads.length === 0) return
  const latest = await deps.reader.byIds(threads.map((thread) => thread.latestId))
  const byId = new Map(latest.map((event) => [event.id, deps.visibility.form(event)]))
  const edits = await newestEdits(
    deps,
    latest.map((event) => event.matrixId),
  )
  for (const thread of threads) {
    const event = byId.get(thread.latestId)
    if (event === undefined) continue
    const edit = event.isPruned ? undefined : edits.get(event.matrixId)
    add(thread.root, 'm.thread', {
      latest_event: eventObject(event, reader, edit && { 'm.replace': eventObject(edit, reader) }),
      count: thread.count,
      current_user_participated: thread.participated || event.senderId === reader.userId,
    })
  }
}
