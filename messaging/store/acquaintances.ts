/** Tables `room_state` and `room_directory`, read together: who shares which rooms with whom. */
import { type Db, sql } from '#platform/api.ts'

const acquainted = sql(
  'acquainted',
  `select c.user_id as "userId" from unnest($2::int[]) as c(user_id)
   where exists (
     select 1 from room_state other
     where other.user_id = c.user_id and other.membership = 2 and other.to_position is null
       and (exists (select 1 from room_directory d where d.room_id = other.room_id)
         or exists (select 1 from room_state own where own.room_id = other.room_id and own.user_id = $1
                      and own.membership = 2 and own.to_position is null)))`,
)
const mutual = sql(
  'mutual_rooms',
  `select one.room_id as "roomId" from room_state one
   join room_state other on other.room_id = one.room_id and other.user_id = $2 and other.membership = 2
     and other.to_position is null
   where one.user_id = $1 and one.membership = 2 and one.to_position is null and one.room_id > $3
   order by one.room_id limit $4`,
)

const mutualCount = sql(
  'mutual_room_count',
  `select count(*)::int as count from room_state one
   join room_state other on other.room_id = one.room_id and other.user_id = $2 and other.membership = 2
     and other.to_position is null
   where one.user_id = $1 and one.membership = 2 and one.to_position is null`,
)

type Pair = readonly [userId: number, otherId: number]

/** Those of the candidates who are in a room with the person, or in one that everybody may find. */
export async function acquaintedRows(db: Db, userId: number, candidates: readonly number[]): Promise<Set<number>> {
  const rows = await db.rows<{ userId: number }>(acquainted, [userId, candidates])
  return new Set(rows.map((row) => row.userId))
}

/** Rooms in which both are, above `after`, in order. */
export async function mutualRoomIds(db: Db, people: Pair, page: { after: number; limit: number }): Promise<number[]> {
  const rows = await db.rows<{ roomId: number }>(mutual, [...people, page.after, page.limit])
  return rows.map((row) => row.roomId)
}

export async function mutualRoomCount(db: Db, people: Pair): Promise<number> {
  return (await db.row<{ count: number }>(mutualCount, people))?.count ?? 0
}
