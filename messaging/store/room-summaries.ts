/** Table `room_state`, read for lists of rooms: a few state events of many rooms, and how many people are in them. */
import { type Db, sql } from '#platform/api.ts'

const ofTypes = sql(
  'room_state_of_types',
  `select event_id as "eventId" from room_state
   where room_id = any($1::int[]) and type = any($2::text[]) and state_key = '' and user_id is null
     and to_position is null`,
)
const joinedCounts = sql(
  'room_joined_counts',
  `select r.room_id as "roomId", (
     select count(*)::int from room_state s
     where s.room_id = r.room_id and s.type = 'm.room.member' and s.membership = 2 and s.to_position is null
       and s.user_id is not null) as count
   from unnest($1::int[]) as r(room_id)`,
)

export const stateRowsOfTypes = (db: Db, roomIds: readonly number[], types: readonly string[]) =>
  db.rows<{ eventId: number }>(ofTypes, [roomIds, types])

export const joinedCountRows = (db: Db, roomIds: readonly number[]) =>
  db.rows<{ roomId: number; count: number }>(joinedCounts, [roomIds])
