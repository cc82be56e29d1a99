/** Table `forgotten_room`: rooms that a person left and wants to hear no more of. */
import { type Db, sql } from '#platform/api.ts'

const put = sql(
  'forgotten_room_put',
  'insert into forgotten_room (user_id, room_id) values ($1, $2) on conflict do nothing',
)
const ofUser = sql('forgotten_room_of_user', 'select room_id as "roomId" from forgotten_room where user_id = $1')

export const forgetRoomRow = (db: Db, userId: number, roomId: number) => db.run(put, [userId, roomId])

export async function forgottenRooms(db: Db, userId: number): Promise<Set<number>> {
  const rows = await db.rows<{ roomId: number }>(ofUser, [userId])
  return new Set(rows.map((row) => row.roomId))
}
