/**
 * Table `mention`: events that highlight for one person (user_id 0: for everybody in the room). Written by the database
 * function `append_events`.
 */
import { type Db, sql } from '#platform/api.ts'

const above = sql(
  'mention_above',
  `select m.room_id as "roomId", m.ordering
   from unnest($2::int[], $3::bigint[]) as r(room_id, ordering)
   join mention m on m.user_id in (0, $1) and m.room_id = r.room_id and m.ordering > r.ordering`,
)

/** Mentions of a person above a place in each room's timeline. */
export const mentionsAbove = (db: Db, userId: number, at: readonly { roomId: number; ordering: number }[]) =>
  db.rows<{ roomId: number; ordering: number }>(above, [
    userId,
    at.map((one) => one.roomId),
    at.map((one) => one.ordering),
  ])
