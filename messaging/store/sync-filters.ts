/**
 * Table `sync_filter`: filters that clients stored, sealed under the person's key. `hash` is the keyed hash of the
 * filter, so that a client that stores the same one at every start gets the same row.
 */
import { type Db, sql } from '#platform/api.ts'

export type SyncFilterRow = { id: number; userId: number; hash: Buffer; sealed: Buffer }

const put = sql(
  'sync_filter_put',
  `insert into sync_filter (user_id, hash, sealed) values ($1, $2, $3)
   on conflict (user_id, hash) do update set sealed = excluded.sealed returning id`,
)
const one = sql(
  'sync_filter_one',
  'select id, user_id as "userId", hash, sealed from sync_filter where user_id = $1 and id = $2',
)

export async function putSyncFilter(db: Db, row: Omit<SyncFilterRow, 'id'>): Promise<number> {
  const stored = await db.row<{ id: number }>(put, [row.userId, row.hash, row.sealed])
  if (stored === undefined) throw new Error('sync_filter_put answered nothing')
  return stored.id
}

export const syncFilterRow = (db: Db, userId: number, id: number) => db.row<SyncFilterRow>(one, [userId, id])
