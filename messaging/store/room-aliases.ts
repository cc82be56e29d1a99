/**
 * Table `room_alias`: addresses of rooms on this server. `hash` is the keyed hash of the whole alias, for look-ups;
 * `sealed` is the alias under the key of its room, bound to the hash.
 */
import { type Db, sql } from '#platform/api.ts'

export type RoomAliasRow = { hash: Buffer; roomId: number; creatorId: number; sealed: Buffer }

const columns = 'hash, room_id as "roomId", creator_id as "creatorId", sealed'
const insert = sql(
  'room_alias_insert',
  `insert into room_alias (hash, room_id, creator_id, sealed) values ($1, $2, $3, $4) on conflict (hash) do nothing`,
)
const one = sql('room_alias_one', `select ${columns} from room_alias where hash = $1`)
const ofRoom = sql('room_alias_of_room', `select ${columns} from room_alias where room_id = $1`)
const move = sql('room_alias_move', 'update room_alias set room_id = $2, sealed = $3 where hash = $1')
const remove = sql('room_alias_remove', 'delete from room_alias where hash = $1')

/** False when the alias is taken. */
export async function insertAlias(db: Db, row: RoomAliasRow): Promise<boolean> {
  return (await db.run(insert, [row.hash, row.roomId, row.creatorId, row.sealed])) === 1
}

export const aliasRow = (db: Db, hash: Buffer) => db.row<RoomAliasRow>(one, [hash])
export const aliasRowsOfRoom = (db: Db, roomId: number) => db.rows<RoomAliasRow>(ofRoom, [roomId])
export const removeAlias = (db: Db, hash: Buffer) => db.run(remove, [hash])

export const moveAlias = (db: Db, row: Omit<RoomAliasRow, 'creatorId'>) =>
  db.run(move, [row.hash, row.roomId, row.sealed])
