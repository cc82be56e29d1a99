/**
 * Table `event`: every event, sealed whole under the key of its room and bound to its event id; beside it, readable, only what
 * look-ups need. Rows are written by the database function `append_events`.
 */
import { type Db, sql } from '#platform/api.ts'

export type EventRow = {
  id: number
  roomId: number
  matrixId: string
  type: string
  senderId: number
  originTs: number
  ordering: number
  relatesTo: string | null
  relation: string | null
  notifyCount: number
  redactedBy: string | null
  sealed: Buffer
}

const columns = `e.id, e.room_id as "roomId", e.matrix_id as "matrixId", e.type, e.sender_id as "senderId",
  e.origin_ts as "originTs", e.ordering, e.relates_to as "relatesTo", e.relation, e.notify_count as "notifyCount",
  e.redacted_by as "redactedBy", e.sealed`
const inTimeline = 'e.status = 0'

const byIds = sql('event_by_ids', `select ${columns} from event e where e.id = any($1::bigint[])`)
const byMatrixId = sql('event_by_matrix_id', `select ${columns} from event e where e.matrix_id = $1`)
const backwards = sql(
  'event_backwards',
  `select ${columns} from event e where e.room_id = $1 and e.ordering < $2 and e.ordering >= $3 and ${inTimeline}
   order by e.ordering desc limit $4`,
)
const forwards = sql(
  'event_forwards',
  `select ${columns} from event e where e.room_id = $1 and e.ordering > $2 and e.ordering <= $3 and ${inTimeline}
   order by e.ordering limit $4`,
)
const orderingAt = sql(
  'event_ordering_at',
  `select e.ordering from log l join event e on e.id = l.reference
   where l.room_id = $1 and l.position <= $2 and l.kind = 1 order by l.position desc limit 1`,
)
const positionOf = sql(
  'event_position',
  `select position from log where room_id = $1 and kind = 1 and reference = $2 order by position desc limit 1`,
)
const lastBySender = sql(
  'event_last_by_sender',
  `select t.* from unnest($1::int[]) as r(room_id)
   cross join lateral (
     select e.room_id as "roomId", e.ordering, e.notify_count as "notifyCount" from event e
     where e.room_id = r.room_id and e.sender_id = $2 order by e.ordering desc limit 1) t`,
)
const countsAt = sql(
  'event_counts_at',
  `select r.room_id as "roomId", t.notify_count as "notifyCount"
   from unnest($1::int[], $2::bigint[]) as r(room_id, ordering)
   cross join lateral (
     select notify_count from event e where e.room_id = r.room_id and e.ordering <= r.ordering
     order by e.ordering desc limit 1) t`,
)
const relations = sql(
  'event_relations',
  `select ${columns} from event e where e.relates_to = $1 and e.room_id = $2
   and ($3::text is null or e.relation = $3) and ($4::text is null or e.type = $4)
   and e.ordering > $5 and e.ordering < $6 and ${inTimeline}
   order by case when $7::boolean then -e.ordering else e.ordering end limit $8`,
)
const replacements = sql(
  'event_replacements',
  `select distinct on (e.relates_to) ${columns} from event e join event o on o.matrix_id = e.relates_to
   where e.relates_to = any($1::text[]) and e.relation = 'm.replace' and e.room_id = o.room_id
     and e.sender_id = o.sender_id and e.type = o.type and e.redacted_by is null and ${inTimeline}
     and e.ordering <@ $2::int8multirange
   order by e.relates_to, e.ordering desc`,
)
const references = sql(
  'event_references',
  `select o.matrix_id as "target", t.matrix_id as "matrixId" from event o
   cross join lateral (
     select e.matrix_id, e.ordering from event e
     where e.relates_to = o.matrix_id and e.relation = 'm.reference' and e.room_id = o.room_id
       and e.redacted_by is null and ${inTimeline} and e.ordering <@ $2::int8multirange
     order by e.ordering desc limit $3) t
   where o.matrix_id = any($1::text[]) order by t.ordering`,
)
const threadSummaries = sql(
  'event_thread_summaries',
  `select e.relates_to as "root", count(*) as count, (array_agg(e.id order by e.ordering desc))[1] as "latestId",
          bool_or(e.sender_id = $2) as participated
   from event e join event o on o.matrix_id = e.relates_to
   where e.relates_to = any($1::text[]) and e.relation = 'm.thread' and e.room_id = o.room_id
     and e.redacted_by is null and ${inTimeline} and e.ordering <@ $3::int8multirange
   group by e.relates_to`,
)
const threadRoots = sql(
  'event_thread_roots',
  `select r.id, t.latest from (
     select relates_to, max(ordering) as latest from event
     where room_id = $1 and relation = 'm.thread' and status = 0 and redacted_by is null
       and ordering <@ $6::int8multirange
     group by relates_to) t
   join event r on r.matrix_id = t.relates_to and r.room_id = $1
   where t.latest < $2 and (not $3::boolean or r.sender_id = $4 or exists (
     select 1 from event p where p.relates_to = r.matrix_id and p.relation = 'm.thread' and p.room_id = $1
       and p.sender_id = $4 and p.redacted_by is null and p.ordering <@ $6::int8multirange))
   order by t.latest desc limit $5`,
)

export const eventRowsByIds = (db: Db, ids: readonly number[]) => db.rows<EventRow>(byIds, [ids])
export const eventRowByMatrixId = (db: Db, matrixId: string) => db.row<EventRow>(byMatrixId, [matrixId])

/** Newest first, from below `before` down to `floor`. */
export const eventRowsBackwards = (db: Db, roomId: number, before: number, floor: number, limit: number) =>
  db.rows<EventRow>(backwards, [roomId, before, floor, limit])

/** Oldest first, from above `after` up to `ceiling`. */
export const eventRowsForwards = (db: Db, roomId: number, after: number, ceiling: number, limit: number) =>
  db.rows<EventRow>(forwards, [roomId, after, ceiling, limit])

/** The place in the timeline of the last event of a room that stands at or before a log position; 0 when none does. */
export async function orderingAtPosition(db: Db, roomId: number, position: number): Promise<number> {
  return (await db.row<{ ordering: number }>(orderingAt, [roomId, position]))?.ordering ?? 0
}

export async function positionOfEvent(db: Db, roomId: number, eventId: number): Promise<number | undefined> {
  return (await db.row<{ position: number }>(positionOf, [roomId, eventId]))?.position
}

export const lastEventsBySender = (db: Db, roomIds: readonly number[], senderId: number) =>
  db.rows<{ roomId: number; ordering: number; notifyCount: number }>(lastBySender, [roomIds, senderId])

/** The running counts of notifying events at places in timelines. */
export const notifyCountsAt = (db: Db, at: readonly { roomId: number; ordering: number }[]) =>
  db.rows<{ roomId: number; notifyCount: number }>(countsAt, [
    at.map((one) => one.roomId),
    at.map((one) => one.ordering),
  ])

export type RelationQuery = {
  roomId: number
  target: string
  relation: string | undefined
  type: string | undefined
  above: number
  below: number
  newestFirst: boolean
  limit: number
}

export const relatedEventRows = (db: Db, query: RelationQuery) =>
  db.rows<EventRow>(relations, [
    query.target,
    query.roomId,
    query.relation ?? null,
    query.type ?? null,
    query.above,
    query.below,
    query.newestFirst,
    query.limit,
  ])

/** Places in a timeline, both ends included. */
export type Places = { readonly from: number; readonly to: number }

function multirange(places: readonly Places[]): string {
  return `{${places.map(({ from, to }) => `[${from},${to}]`).join(',')}}`
}

/*
 * What belongs to events: always of the same room, not redacted, and at places that the reader sees.
 */

/** The newest valid edit of each event given: same sender, same type. */
export const replacementRows = (db: Db, matrixIds: readonly string[], places: readonly Places[]) =>
  db.rows<EventRow>(replacements, [matrixIds, multirange(places)])

/** Ids of what refers to each event given, oldest first; of more than `limit` an event, the newest. */
export const referenceRows = (db: Db, matrixIds: readonly string[], places: readonly Places[], limit: number) =>
  db.rows<{ target: string; matrixId: string }>(references, [matrixIds, multirange(places), limit])

export type ThreadSummaryRow = { root: string; count: number; latestId: number; participated: boolean }

export const threadSummaryRows = (db: Db, roots: readonly string[], userId: number, places: readonly Places[]) =>
  db.rows<ThreadSummaryRow>(threadSummaries, [roots, userId, multirange(places)])

/** Roots of the room's threads by their newest reply, newest first. */
export const threadRootRows = (
  db: Db,
  query: {
    roomId: number
    below: number
    participatedBy: number | undefined
    limit: number
    places: readonly Places[]
  },
) =>
  db.rows<{ id: number; latest: number }>(threadRoots, [
    query.roomId,
    query.below,
    query.participatedBy !== undefined,
    query.participatedBy ?? 0,
    query.limit,
    multirange(query.places),
  ])
