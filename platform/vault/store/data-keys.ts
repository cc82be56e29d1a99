import { type Db, sql, type Tx } from '../../postgres/types.ts'
import type { KeyKind } from '../types.ts'

/**
 * data_key: one key per room, person, file and kind of server secret.
 * - id: from its sequence, never used again
 * - kind, label: what it is for; `label` names a server key
 * - key_encryption_key_id: which key wraps it
 * - wrapped: sealed by that key, purpose 'data-key', subject id, kind and label
 */
export type DataKeyRow = {
  id: number
  kind: KeyKind
  label: string
  key_encryption_key_id: number
  wrapped: Buffer
}

const columns = 'id, kind, label, key_encryption_key_id, wrapped'
const nextIds = sql('data_key_next_ids', `select nextval('data_key_id') as id from generate_series(1, $1)`)
const byIds = sql('data_key_by_ids', `select ${columns} from data_key where id = any($1::bigint[])`)
const storedIds = sql('data_key_stored_ids', 'select id from data_key where id = any($1::bigint[])')
const byServerLabel = sql(
  'data_key_by_server_label',
  `select ${columns} from data_key where kind = 'server' and label = $1`,
)
// FOR SHARE keeps the wrapping key from being retired before this row is committed; once it is retired nothing is born
// under it any more, so that a rotation that has seen no row left can remove it.
const insertSelect = `insert into data_key (id, kind, label, key_encryption_key_id, wrapped, created_ts)
  select $1, $2, $3, k.id, $5, $6 from key_encryption_key k where k.id = $4 and not k.is_retired for share of k`
const insert = sql('data_key_insert', insertSelect)
const insertServer = sql(
  'data_key_insert_server',
  `${insertSelect} on conflict (label) where kind = 'server' do nothing`,
)
const batchUnder = sql(
  'data_key_batch_under',
  `select ${columns} from data_key
   where key_encryption_key_id = any($1::int[]) and id > $2 order by id limit $3 for update`,
)
const rewrap = sql(
  'data_key_rewrap',
  `update data_key d set key_encryption_key_id = $1, wrapped = n.wrapped
   from unnest($2::bigint[], $3::bytea[]) as n(id, wrapped) where d.id = n.id`,
)

export async function nextDataKeyIds(db: Db, count: number): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(nextIds, [count])
  return rows.map((row) => row.id)
}

export function dataKeysByIds(db: Db, ids: readonly number[]): Promise<DataKeyRow[]> {
  return db.rows<DataKeyRow>(byIds, [ids])
}

export async function storedDataKeyIds(db: Db, ids: readonly number[]): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(storedIds, [ids])
  return rows.map((row) => row.id)
}

export function serverDataKey(db: Db, label: string): Promise<DataKeyRow | undefined> {
  return db.row<DataKeyRow>(byServerLabel, [label])
}

/** False when the wrapping key has been retired, or when another process has made the same server key. */
export async function insertDataKey(db: Db, row: DataKeyRow, createdTs: number): Promise<boolean> {
  const statement = row.kind === 'server' ? insertServer : insert
  const values = [row.id, row.kind, row.label, row.key_encryption_key_id, row.wrapped, createdTs]
  return (await db.run(statement, values)) === 1
}

/** The next data keys under some wrapping keys, locked for this transaction. */
export function lockDataKeysUnder(tx: Tx, keyEncryptionKeys: readonly number[], afterId: number, countMax: number) {
  return tx.rows<DataKeyRow>(batchUnder, [keyEncryptionKeys, afterId, countMax])
}

export async function rewrapDataKeys(
  tx: Tx,
  keyEncryptionKey: number,
  ids: readonly number[],
  wrapped: readonly Buffer[],
): Promise<void> {
  await tx.run(rewrap, [keyEncryptionKey, ids, wrapped])
}
