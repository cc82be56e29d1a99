import { type Db, sql, type Tx } from '../../postgres/types.ts'

/**
 * key_encryption_key: the keys that wrap data keys.
 * - id: from its sequence, never used again
 * - wrapped: sealed by the master's wrapping key, purpose 'key-encryption-key', subject the id
 * - is_retired: a rotation is emptying it
 */
export type KeyEncryptionKeyRow = { id: number; wrapped: Buffer; is_retired: boolean }

const list = sql('key_encryption_key_list', 'select id, wrapped, is_retired from key_encryption_key order by id')
const nextId = sql('key_encryption_key_next_id', `select nextval('key_encryption_key_id')::int as id`)
const insert = sql(
  'key_encryption_key_insert',
  'insert into key_encryption_key (id, wrapped, created_ts) values ($1, $2, $3)',
)
const retireAll = sql('key_encryption_key_retire_all', 'update key_encryption_key set is_retired = true')
const rewrap = sql('key_encryption_key_rewrap', 'update key_encryption_key set wrapped = $2 where id = $1')
const removeEmpty = sql(
  'key_encryption_key_remove_empty',
  `delete from key_encryption_key k
   where k.is_retired and not exists (select from data_key d where d.key_encryption_key_id = k.id)`,
)

export function listKeyEncryptionKeys(db: Db): Promise<KeyEncryptionKeyRow[]> {
  return db.rows<KeyEncryptionKeyRow>(list)
}

/** One writer at a time; readers and the birth of data keys go on. */
export async function lockKeyEncryptionKeys(tx: Tx): Promise<void> {
  await tx.run('lock table key_encryption_key in share row exclusive mode')
}

export async function nextKeyEncryptionKeyId(db: Db): Promise<number> {
  const row = await db.row<{ id: number }>(nextId)
  return row!.id
}

export async function insertKeyEncryptionKey(tx: Tx, id: number, wrapped: Buffer, createdTs: number): Promise<void> {
  await tx.run(insert, [id, wrapped, createdTs])
}

/**
 * Waits for every transaction that is making a data key under these keys (they hold the row FOR SHARE), and gives up
 * with 55P03 before PostgreSQL's deadlock detection could pick one of those as its victim.
 */
export async function retireKeyEncryptionKeys(tx: Tx, waitMs: number): Promise<void> {
  await tx.run(`set local lock_timeout = ${Math.trunc(waitMs)}`)
  await tx.run(retireAll)
}

export async function rewrapKeyEncryptionKey(tx: Tx, id: number, wrapped: Buffer): Promise<void> {
  await tx.run(rewrap, [id, wrapped])
}

export async function removeEmptyKeyEncryptionKeys(db: Db): Promise<void> {
  await db.run(removeEmpty)
}
