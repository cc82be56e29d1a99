/** Table `notice_room` (user_id, room_id): the room in which the server writes to a person, one each. */
import { type Db, sql } from '#platform/api.ts'

const ofUser = sql('notice_room_of_user', 'select room_id as "roomId" from notice_room where user_id = $1')
const insert = sql(
  'notice_room_insert',
  'insert into notice_room (user_id, room_id) values ($1, $2) on conflict (user_id) do nothing',
)

export async function noticeRoomOf(db: Db, userId: number): Promise<number | undefined> {
  return (await db.row<{ roomId: number }>(ofUser, [userId]))?.roomId
}

/** @returns false when the person has one already. */
export async function insertNoticeRoom(db: Db, userId: number, roomId: number): Promise<boolean> {
  return (await db.run(insert, [userId, roomId])) === 1
}
