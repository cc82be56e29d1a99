/** Table `room_directory`: the rooms that everybody of this server may find. */
import { type Db, sql } from '#platform/api.ts'

const list = sql('room_directory_list', 'insert into room_directory (room_id) values ($1) on conflict do nothing')
const unlist = sql('room_directory_unlist', 'delete from room_directory where room_id = $1')
const isIn = sql('room_directory_has', 'select room_id as "roomId" from room_directory where room_id = $1')
const all = sql('room_directory_all', 'select room_id as "roomId" from room_directory order by room_id limit $1')

export const listRoom = (db: Db, roomId: number) => db.run(list, [roomId])
export const unlistRoom = (db: Db, roomId: number) => db.run(unlist, [roomId])

export async function isListed(db: Db, roomId: number): Promise<boolean> {
  return (await db.row(isIn, [roomId])) !== undefined
}

export async function listedRoomIds(db: Db, countMax: number): Promise<number[]> {
  return (await db.rows<{ roomId: number }>(all, [countMax])).map((row) => row.roomId)
}
