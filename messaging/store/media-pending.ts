/**
 * Table `media_pending`: one row an address that was given out before its file came. The row goes in the transaction that
 * stores the file.
 */
import { type Db, sql } from '#platform/api.ts'

export type PendingRow = { ownerId: number; expiresTs: number }

const insert = sql(
  'media_pending_insert',
  `insert into media_pending (id, owner_id, expires_ts)
   select $1, $2, $3
   where (select count(*) from media_pending where owner_id = $2 and expires_ts > $4) < $5`,
)
const one = sql(
  'media_pending_one',
  'select owner_id as "ownerId", expires_ts as "expiresTs" from media_pending where id = $1',
)
const take = sql('media_pending_take', 'delete from media_pending where id = $1')
const forget = sql('media_pending_forget', 'delete from media_pending where expires_ts < $1')
const forgetOwner = sql('media_pending_forget_owner', 'delete from media_pending where owner_id = $1')

/** False when the person has `most` of them waiting already. */
export async function insertPending(
  db: Db,
  row: { id: string; ownerId: number; expiresTs: number },
  { nowTs, most }: { nowTs: number; most: number },
): Promise<boolean> {
  return (await db.run(insert, [row.id, row.ownerId, row.expiresTs, nowTs, most])) === 1
}

export const pendingRow = (db: Db, id: string) => db.row<PendingRow>(one, [id])

/** Whether it was still waiting. */
export const takePending = async (db: Db, id: string) => (await db.run(take, [id])) === 1

export const forgetPendingBefore = (db: Db, ts: number) => db.run(forget, [ts])

export const forgetPendingOf = (db: Db, ownerId: number) => db.run(forgetOwner, [ownerId])
