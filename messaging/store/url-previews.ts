/**
 * Table `url_preview`: one row a page that somebody linked to, under the keyed hash of its address. `sealed` is what
 * clients are told, as JSON, bound to the hash; `media_id` is the picture in it, a file of the server's own.
 */
import { type Db, sql } from '#platform/api.ts'

export type UrlPreviewRow = {
  hash: Buffer
  sealed: Buffer
  mediaId: string | null
  fetchedTs: number
  expiresTs: number
}

const upsert = sql(
  'url_preview_upsert',
  `insert into url_preview (hash, sealed, media_id, fetched_ts, expires_ts) values ($1, $2, $3, $4, $5)
   on conflict (hash) do update set sealed = excluded.sealed, media_id = excluded.media_id,
     fetched_ts = excluded.fetched_ts, expires_ts = excluded.expires_ts`,
)
const one = sql('url_preview_one', 'select sealed from url_preview where hash = $1 and expires_ts > $2')
const forget = sql('url_preview_forget', 'delete from url_preview where expires_ts < $1')
const unused = sql(
  'url_preview_unused_pictures',
  `select m.id from media m
   where m.owner_id is null and m.created_ts < $1 and not exists (select from url_preview p where p.media_id = m.id)
   limit $2`,
)

export const upsertUrlPreview = (db: Db, row: UrlPreviewRow) =>
  db.run(upsert, [row.hash, row.sealed, row.mediaId, row.fetchedTs, row.expiresTs])

/** What is still good at the time. */
export const sealedUrlPreview = (db: Db, hash: Buffer, nowTs: number) => db.row<{ sealed: Buffer }>(one, [hash, nowTs])

export const forgetUrlPreviewsBefore = (db: Db, ts: number) => db.run(forget, [ts])

/** Pictures from before the time that are in no preview any more. */
export async function unusedPreviewPictures(db: Db, ts: number, limit: number): Promise<string[]> {
  return (await db.rows<{ id: string }>(unused, [ts, limit])).map(({ id }) => id)
}
