/**
 * Table `media`: one row an uploaded file. The bytes are an encrypted blob; `sealed` holds name and content type as
 * JSON, bound to the id; `size_bytes` is the plain size.
 */
import { type Db, sql } from '#platform/api.ts'

export type MediaRow = {
  id: string
  ownerId: number
  blobId: string
  blobKeyId: number
  sizeBytes: number
  sealed: Buffer
  createdTs: number
}

const insert = sql(
  'media_insert',
  `insert into media (id, owner_id, blob_id, blob_key_id, size_bytes, sealed, created_ts)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const one = sql(
  'media_one',
  `select id, owner_id as "ownerId", blob_id as "blobId", blob_key_id as "blobKeyId", size_bytes as "sizeBytes",
          sealed, created_ts as "createdTs"
   from media where id = $1`,
)

export const insertMedia = (db: Db, row: MediaRow) =>
  db.run(insert, [row.id, row.ownerId, row.blobId, row.blobKeyId, row.sizeBytes, row.sealed, row.createdTs])

export const mediaRow = (db: Db, id: string) => db.row<MediaRow>(one, [id])
