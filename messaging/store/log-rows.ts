/** Table `log`, read by room or person: what happened to whom since a position. Appending is the log's own affair. */
import { type Db, sql } from '#platform/api.ts'

export type RoomLogRow = { roomId: number; position: number; reference: number }

const newestEvents = sql(
  'log_newest_events_of_rooms',
  `select l.room_id as "roomId", l.position, l.reference from unnest($1::int[]) as r(room_id)
   cross join lateral (
     select room_id, position, reference from log
     where room_id = r.room_id and kind = 1 and position > $2 and position <= $3
     order by position desc limit $4) l`,
)
const newestEventsEach = sql(
  'log_newest_events_each',
  `select l.room_id as "roomId", l.position, l.reference
   from unnest($1::int[], $2::bigint[], $3::bigint[], $4::int[]) as r(room_id, after, until, count)
   cross join lateral (
     select room_id, position, reference from log
     where room_id = r.room_id and kind = 1 and position > r.after and position <= r.until
     order by position desc limit r.count) l`,
)
const receiptsSince = sql(
  'log_receipts_since',
  `select distinct l.reference from log l
   where l.room_id = any($1::int[]) and l.kind = 2 and l.position > $2 and l.position <= $3`,
)
const accountDataSince = sql(
  'log_account_data_since',
  'select distinct reference from log where user_id = $1 and kind = 3 and position > $2 and position <= $3',
)
const memberRoomsSince = sql(
  'log_member_rooms_since',
  `select distinct room_id as "roomId" from room_state
   where user_id = $1 and from_position > $2 and from_position <= $3`,
)

/** The newest events of each room in (after, until], newest first within a room. */
export const newestEventLogRows = (
  db: Db,
  roomIds: readonly number[],
  range: { after: number; until: number; limit: number },
) => db.rows<RoomLogRow>(newestEvents, [roomIds, range.after, range.until, range.limit])

export type EventSpan = {
  readonly roomId: number
  readonly after: number
  readonly until: number
  readonly limit: number
}

/** The same for rooms that each have a range and a limit of their own. */
export const newestEventLogRowsEach = (db: Db, spans: readonly EventSpan[]) =>
  db.rows<RoomLogRow>(newestEventsEach, [
    spans.map((span) => span.roomId),
    spans.map((span) => span.after),
    spans.map((span) => span.until),
    spans.map((span) => span.limit),
  ])

export const receiptReferencesSince = (db: Db, roomIds: readonly number[], after: number, until: number) =>
  db.rows<{ reference: number }>(receiptsSince, [roomIds, after, until])

export const accountDataReferencesSince = (db: Db, userId: number, after: number, until: number) =>
  db.rows<{ reference: number }>(accountDataSince, [userId, after, until])

/** Rooms in which the person's membership changed in (after, until]. */
export const membershipChangedSince = (db: Db, userId: number, after: number, until: number) =>
  db.rows<{ roomId: number }>(memberRoomsSince, [userId, after, until])
