/** Table `sticky_event`: events that are told to whoever is in their room for as long as they stick (MSC4354). */
import { type Db, sql } from '#platform/api.ts'

export type StickyRow = { eventId: number; roomId: number; position: number }
export type StickyQuery = {
  readonly roomIds: readonly number[]
  /** Of these everything that sticks; of others what came behind `after`. */
  readonly wholeRoomIds: readonly number[]
  readonly after: number
  readonly until: number
  readonly nowTs: number
  readonly limit: number
}

const sticking = sql(
  'sticky_events',
  `select event_id as "eventId", room_id as "roomId", position from sticky_event
   where room_id = any($1::int[]) and (position > $3 or room_id = any($2::int[])) and position <= $4 and expires_ts > $5
   order by position limit $6`,
)
const forget = sql('sticky_event_forget', 'delete from sticky_event where expires_ts < $1')

/** Oldest first. */
export const stickyEventRows = (db: Db, query: StickyQuery) =>
  db.rows<StickyRow>(sticking, [query.roomIds, query.wholeRoomIds, query.after, query.until, query.nowTs, query.limit])

export const forgetStickyEventsBefore = (db: Db, ts: number) => db.run(forget, [ts])
