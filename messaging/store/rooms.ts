/**
 * Tables `room` (id, matrix_id, version, type, key_id) and `room_head` (where the next event attaches; compare-and-set on
 * version). A head is changed only by the database function `append_events`.
 */
import { type Db, sql } from '#platform/api.ts'

export type RoomRow = { id: number; matrixId: string; version: string; keyId: number }

export type HeadRow = {
  roomId: number
  version: number
  extremities: string[]
  depth: number
  ordering: number
  notifyCount: number
  lineId: number
  lineSeq: number
}

const columns = 'id, matrix_id as "matrixId", version, key_id as "keyId"'
const byMatrixId = sql('room_by_matrix_id', `select ${columns} from room where matrix_id = $1`)
const byIds = sql('room_by_ids', `select ${columns} from room where id = any($1::int[])`)
const insertRoom = sql(
  'room_insert',
  `with made as (insert into room (matrix_id, version, key_id, created_ts, type) values ($1, $2, $3, $4, $5)
    on conflict (matrix_id) do nothing returning id),
   line as (insert into state_line (room_id) select id from made returning id, room_id),
   head as (insert into room_head (room_id, version, extremities, depth, ordering, notify_count, line_id, line_seq)
            select room_id, 0, '{}', 0, 0, 0, id, 0 from line)
   select id from made`,
)
const deleteEmpty = sql(
  'room_delete_empty',
  `with gone as (select id from room where id = $1 and not exists (select 1 from event where room_id = $1) for update),
   head as (delete from room_head where room_id in (select id from gone)),
   lines as (delete from state_line where room_id in (select id from gone)),
   aliases as (delete from room_alias where room_id in (select id from gone)),
   listed as (delete from room_directory where room_id in (select id from gone))
   delete from room where id in (select id from gone)`,
)
const headOf = sql(
  'room_head',
  `select room_id as "roomId", version, extremities, depth, ordering, notify_count as "notifyCount",
          line_id as "lineId", line_seq as "lineSeq"
   from room_head where room_id = any($1::int[])`,
)

const listing = sql(
  'room_listing',
  `select r.id as "roomId", r.type, h.active_ts as "activeTs", h.bump_ts as "bumpTs", exists (
     select 1 from room_state s where s.room_id = r.id and s.type = 'm.room.encryption' and s.user_id is null
       and s.state_key = '' and s.to_position is null) as "isEncrypted"
   from room r join room_head h on h.room_id = r.id where r.id = any($1::int[])`,
)

export function roomByMatrixId(db: Db, matrixId: string): Promise<RoomRow | undefined> {
  return db.row<RoomRow>(byMatrixId, [matrixId])
}

export function roomsByIds(db: Db, ids: readonly number[]): Promise<RoomRow[]> {
  return db.rows<RoomRow>(byIds, [ids])
}

/**
 * Makes the room, its first state line and its empty head. A room without events is seen by nobody.
 *
 * @returns undefined when there is a room of this id
 */
export async function insertRoomRow(
  db: Db,
  room: { matrixId: string; version: string; keyId: number; createdTs: number; type: string | null },
): Promise<number | undefined> {
  const { matrixId, version, keyId, createdTs, type } = room
  return (await db.row<{ id: number }>(insertRoom, [matrixId, version, keyId, createdTs, type]))?.id
}

/** Takes away a room in which nothing was ever said, with its addresses. False where there is no such room. */
export async function deleteEmptyRoom(db: Db, roomId: number): Promise<boolean> {
  return (await db.run(deleteEmpty, [roomId])) === 1
}

/** What lists of rooms are ordered and filtered by. `type` as it is stored. */
export type ListingRow = {
  roomId: number
  type: string | null
  activeTs: number
  bumpTs: number
  isEncrypted: boolean
}

export const listingRows = (db: Db, roomIds: readonly number[]) => db.rows<ListingRow>(listing, [roomIds])

export const headRows = (db: Db, roomIds: readonly number[]) => db.rows<HeadRow>(headOf, [roomIds])

export async function headRow(db: Db, roomId: number): Promise<HeadRow> {
  const [row] = await headRows(db, [roomId])
  if (row === undefined) throw new Error(`room ${roomId} has no head`)
  return row
}
