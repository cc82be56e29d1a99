/**
 * Table `mention`: events that highlight for one person (user_id 0: for everybody in the room). Written by the database
 * function `append_events`.
 */
import { type Db, sql } from '#platform/api.ts'

export type MentionRow = { roomId: number; ordering: number; thread: string; isExtra: boolean }

const above = sql(
  'mention_above',
  `select distinct m.room_id as "roomId", m.ordering, m.thread, m.is_extra as "isExtra"
   from unnest($2::int[], $3::bigint[], $4::bigint[]) as r(room_id, after, up_to)
   join mention m on m.user_id in (0, $1) and m.room_id = r.room_id and m.ordering > r.after and m.ordering <= r.up_to
   where m.sender_id <> $1`,
)

/** Mentions of a person by others, between two places in each room's timeline. */
export const mentionsAbove = (
  db: Db,
  userId: number,
  spans: readonly { roomId: number; after: number; upTo: number }[],
) =>
  db.rows<MentionRow>(above, [
    userId,
    spans.map((one) => one.roomId),
    spans.map((one) => one.after),
    spans.map((one) => one.upTo),
  ])
