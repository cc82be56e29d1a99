/**
 * Table `media_thumbnail`: one row a thumbnail that was made, named by the box and the method it was made for. The bytes
 * are an encrypted blob under a key of its own; no blob means that the picture itself is small enough.
 */
import { type Db, sql } from '#platform/api.ts'

export type ThumbnailName = {
  mediaId: string
  width: number
  height: number
  method: string
  isAnimated: boolean
}
export type ThumbnailRow = { blobId: string | null; blobKeyId: number | null; sizeBytes: number }

const columns = 'blob_id as "blobId", blob_key_id as "blobKeyId", size_bytes as "sizeBytes"'

const insert = sql(
  'media_thumbnail_insert',
  `insert into media_thumbnail (media_id, width, height, method, is_animated, blob_id, blob_key_id, size_bytes)
   select id, $2, $3, $4, $5, $6, $7, $8 from media where id = $1 for key share
   on conflict do nothing`,
)
const one = sql(
  'media_thumbnail_one',
  `select ${columns} from media_thumbnail
   where media_id = $1 and width = $2 and height = $3 and method = $4 and is_animated = $5`,
)
const remove = sql(
  'media_thumbnail_delete',
  `delete from media_thumbnail where media_id = any($1::text[]) returning ${columns}`,
)

const values = (name: ThumbnailName) => [name.mediaId, name.width, name.height, name.method, name.isAnimated]

/** False when another was faster, or the file is gone. */
export async function insertThumbnail(db: Db, name: ThumbnailName, row: ThumbnailRow): Promise<boolean> {
  return (await db.run(insert, [...values(name), row.blobId, row.blobKeyId, row.sizeBytes])) === 1
}

export const thumbnailRow = (db: Db, name: ThumbnailName) => db.row<ThumbnailRow>(one, values(name))

/** The rows that are gone with this. The files are locked: none comes while they go. */
export const deleteThumbnailsOf = (db: Db, mediaIds: readonly string[]) => db.rows<ThumbnailRow>(remove, [mediaIds])
