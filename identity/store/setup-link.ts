/** Table `setup_link`: `token_hash`, `created_ts`; at most one row. */
import { type Db, sql } from '#platform/api.ts'

const clear = sql('setup_link_clear', 'delete from setup_link')
const insert = sql('setup_link_insert', 'insert into setup_link (token_hash, created_ts) values ($1, $2)')
const find = sql('setup_link_find', 'select 1 from setup_link where token_hash = $1')
const take = sql('setup_link_take', 'delete from setup_link where token_hash = $1')

export async function replaceSetupLink(db: Db, tokenHash: Buffer, nowTs: number): Promise<void> {
  await db.run(clear)
  await db.run(insert, [tokenHash, nowTs])
}

export async function clearSetupLink(db: Db): Promise<void> {
  await db.run(clear)
}

export async function isSetupLink(db: Db, tokenHash: Buffer): Promise<boolean> {
  return (await db.row(find, [tokenHash])) !== undefined
}

/** Uses the link up. @returns whether it was there; of two who use it at once only one hears true. */
export async function takeSetupLink(db: Db, tokenHash: Buffer): Promise<boolean> {
  return (await db.run(take, [tokenHash])) === 1
}
