/**
 * Table `forgotten_room`: rooms that a person left and wants to hear no more of, until her membership changes again: `event_id`
 * is the event by which she had left when she forgot it.
 */
import { type Db, sql } from '#platform/api.ts'

const put = sql(
  'forgotten_room_put',
  `insert into forgotten_room (user_id, room_id, event_id) values ($1, $2, $3)
   on conflict (user_id, room_id) do update set event_id = excluded.event_id`,
)
const ofUser = sql(
  'forgotten_room_of_user',
  `select f.room_id as "roomId" from forgotten_room f
   join room_state s on s.user_id = f.user_id and s.room_id = f.room_id and s.event_id = f.event_id
   where f.user_id = $1 and s.to_position is null`,
)
const one = sql(
  'forgotten_room_one',
  'select room_id as "roomId" from forgotten_room where user_id = $1 and room_id = $2 and event_id = $3',
)

/** `eventId` is the internal id of the person's member event of now. */
export type Forgotten = { readonly userId: number; readonly roomId: number; readonly eventId: number }

export const forgetRoomRow = (db: Db, { userId, roomId, eventId }: Forgotten) => db.run(put, [userId, roomId, eventId])

export async function isForgotten(db: Db, { userId, roomId, eventId }: Forgotten): Promise<boolean> {
  return (await db.row(one, [userId, roomId, eventId])) !== undefined
}

export async function forgottenRooms(db: Db, userId: number): Promise<Set<number>> {
  const rows = await db.rows<{ roomId: number }>(ofUser, [userId])
  return new Set(rows.map((row) => row.roomId))
}
