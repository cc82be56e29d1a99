/**
 * Table `media`: one row a file. The bytes are an encrypted blob; `sealed` holds name and content type as JSON, bound to
 * the id; `size_bytes` is the plain size. `owner_id` is null where the server itself keeps the file; `is_open` says that
 * it may be read without signing in. `room_id` names the room whose people alone read it.
 */
import { type Db, sql } from '#platform/api.ts'

export type MediaRow = {
  id: string
  ownerId: number | null
  roomId: number | null
  blobId: string
  blobKeyId: number
  sizeBytes: number
  isOpen: boolean
  sealed: Buffer
  createdTs: number
}

const columns = `id, owner_id as "ownerId", room_id as "roomId", blob_id as "blobId", blob_key_id as "blobKeyId", size_bytes as "sizeBytes",
  is_open as "isOpen", sealed, created_ts as "createdTs"`

const insert = sql(
  'media_insert',
  `insert into media (id, owner_id, room_id, blob_id, blob_key_id, size_bytes, is_open, sealed, created_ts)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
)
const one = sql('media_one', `select ${columns} from media where id = $1`)
const lock = sql('media_lock', `select ${columns} from media where id = any($1::text[]) order by id for update`)
const remove = sql('media_delete', 'delete from media where id = any($1::text[])')
const ofOwner = sql('media_of_owner', 'select id from media where owner_id = $1 order by id limit $2')
const ofRoom = sql('media_of_room', 'select id from media where room_id = $1 order by id')
const keep = sql(
  'media_keep',
  `update media set room_id = $3, is_open = false
   where id = any($1::text[]) and owner_id = $2 and room_id is null and created_ts >= $4`,
)

export const insertMedia = (db: Db, row: MediaRow) =>
  db.run(insert, [
    ...[row.id, row.ownerId, row.roomId, row.blobId, row.blobKeyId, row.sizeBytes, row.isOpen],
    ...[row.sealed, row.createdTs],
  ])

export const mediaRow = (db: Db, id: string) => db.row<MediaRow>(one, [id])

/** The rows, which nobody else changes or gives thumbnails to until the transaction ends. */
export const lockMedia = (db: Db, ids: readonly string[]) => db.rows<MediaRow>(lock, [ids])

export const deleteMedia = (db: Db, ids: readonly string[]) => db.run(remove, [ids])

export async function mediaIdsOf(db: Db, ownerId: number, limit: number): Promise<string[]> {
  return (await db.rows<{ id: string }>(ofOwner, [ownerId, limit])).map(({ id }) => id)
}

export async function mediaIdsOfRoom(db: Db, roomId: number): Promise<string[]> {
  return (await db.rows<{ id: string }>(ofRoom, [roomId])).map(({ id }) => id)
}

/** Only what its owner uploaded since then: what is older was made for elsewhere. */
export const keepMedia = (db: Db, ids: readonly string[], at: { ownerId: number; roomId: number; sinceTs: number }) =>
  db.run(keep, [ids, at.ownerId, at.roomId, at.sinceTs])
