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

/** Places in a timeline, both ends included. */
export type Places = { readonly from: number; readonly to: number }

export function multirange(places: readonly Places[]): string {
  return `{${places.map(({ from, to }) => `[${from},${to}]`).join(',')}}`
}

export const eventColumns = `e.id, e.room_id as "roomId", e.matrix_id as "matrixId", e.type, e.sender_id as "senderId",
  e.origin_ts as "originTs", e.ordering, e.relates_to as "relatesTo", e.relation, e.notify_count as "notifyCount",
  e.redacted_by as "redactedBy", e.sealed`
export const inTimeline = 'e.status = 0'

const byIds = sql('event_by_ids', `select ${eventColumns} from event e where e.id = any($1::bigint[])`)
const byMatrixId = sql('event_by_matrix_id', `select ${eventColumns} from event e where e.matrix_id = $1`)
const byMatrixIds = sql(
  'event_by_matrix_ids',
  `select ${eventColumns} from event e where e.matrix_id = any($1::text[])`,
)
const backwards = sql(
  'event_backwards',
  `select ${eventColumns} from event e where e.room_id = $1 and e.ordering <= $2 and e.ordering > $3 and ${inTimeline}
   order by e.ordering desc limit $4`,
)
const forwards = sql(
  'event_forwards',
  `select ${eventColumns} from event e where e.room_id = $1 and e.ordering > $2 and e.ordering <= $3 and ${inTimeline}
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
const positionsOf = sql(
  'event_positions',
  `select reference as "eventId", max(position) as position from log
   where kind = 1 and reference = any($1::bigint[]) group by reference`,
)
const positionBefore = sql(
  'event_position_before',
  `select l.position from event e join log l on l.reference = e.id and l.kind = 1
   where e.room_id = $1 and e.ordering <= $2 and ${inTimeline} order by e.ordering desc limit 1`,
)
/** Nearest in time; of several at the same time, the first or the last of them in the timeline. */
const atOrAfter = sql(
  'event_at_or_after',
  `select e.matrix_id as "matrixId", e.origin_ts as "originTs" from event e
   where e.room_id = $1 and e.origin_ts >= $2 and ${inTimeline} and e.ordering <@ $3::int8multirange
   order by e.origin_ts, e.ordering limit 1`,
)
const atOrBefore = sql(
  'event_at_or_before',
  `select e.matrix_id as "matrixId", e.origin_ts as "originTs" from event e
   where e.room_id = $1 and e.origin_ts <= $2 and ${inTimeline} and e.ordering <@ $3::int8multirange
   order by e.origin_ts desc, e.ordering desc limit 1`,
)
/** Newest first: everything above `after`, and what states that it is of a thread above `threadsAfter`. */
const unreadIn = sql(
  'event_unread',
  `select ${eventColumns} from event e where e.room_id = $1 and e.ordering <= $4 and ${inTimeline} and e.ordering in (
     select o.ordering from event o where o.room_id = $1 and o.ordering > $2
     union select o.ordering from event o where o.room_id = $1 and o.ordering > $3 and o.relation = 'm.thread'
     union select t.ordering from thread_event t where t.room_id = $1 and t.ordering > $3)
   order by e.ordering desc limit $5`,
)

export const eventRowsByIds = (db: Db, ids: readonly number[]) => db.rows<EventRow>(byIds, [ids])
export const eventRowByMatrixId = (db: Db, matrixId: string) => db.row<EventRow>(byMatrixId, [matrixId])

export const eventRowsByMatrixIds = (db: Db, matrixIds: readonly string[]) =>
  db.rows<EventRow>(byMatrixIds, [matrixIds])

/** Newest first: the event at `from` and those before it, without the one at `floor`. */
export const eventRowsBackwards = (db: Db, roomId: number, from: number, floor: number, limit: number) =>
  db.rows<EventRow>(backwards, [roomId, from, floor, limit])

/** Oldest first, from above `after` up to `ceiling`. */
export const eventRowsForwards = (db: Db, roomId: number, after: number, ceiling: number, limit: number) =>
  db.rows<EventRow>(forwards, [roomId, after, ceiling, limit])

/** The place in the timeline of the last event of a room that stands at or before a log position; 0 when none does. */
export async function orderingAtPosition(db: Db, roomId: number, position: number): Promise<number> {
  return (await db.row<{ ordering: number }>(orderingAt, [roomId, position]))?.ordering ?? 0
}

/** Log positions of events by internal id. */
export async function positionsOfEvents(db: Db, eventIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await db.rows<{ eventId: number; position: number }>(positionsOf, [eventIds])
  return new Map(rows.map((row) => [row.eventId, row.position]))
}

export async function positionOfEvent(db: Db, roomId: number, eventId: number): Promise<number | undefined> {
  return (await db.row<{ position: number }>(positionOf, [roomId, eventId]))?.position
}

/** The log position of the last event of a room that stands at or before a place in its timeline. */
export async function positionAtPlace(db: Db, roomId: number, ordering: number): Promise<number | undefined> {
  return (await db.row<{ position: number }>(positionBefore, [roomId, ordering]))?.position
}

/** The event nearest to a time (milliseconds since 1970) in one direction, among those at the places given. */
export const eventAtTime = (db: Db, roomId: number, ts: number, forwards: boolean, places: readonly Places[]) =>
  db.row<{ matrixId: string; originTs: number }>(forwards ? atOrAfter : atOrBefore, [roomId, ts, multirange(places)])

export const unreadEventRows = (
  db: Db,
  roomId: number,
  span: { after: number; threadsAfter: number; upTo: number; limit: number },
) => db.rows<EventRow>(unreadIn, [roomId, span.after, span.threadsAfter, span.upTo, span.limit])
