/** Table `key_signature`: signatures that people made upon the master keys of others, sealed under the signer's key. */
import { type Db, sql } from '#platform/api.ts'

export type KeySignatureRow = { targetId: number; targetKey: string; keyId: string; sealed: Buffer }

const put = sql(
  'key_signature_put',
  `insert into key_signature (signer_id, target_id, target_key, key_id, sealed)
   select $1, s.* from unnest($2::int[], $3::text[], $4::text[], $5::bytea[]) as s(target_id, target_key, key_id, sealed)
   on conflict (signer_id, target_id, target_key, key_id) do update set sealed = excluded.sealed`,
)
const by = sql(
  'key_signature_by',
  `select target_id as "targetId", target_key as "targetKey", key_id as "keyId", sealed from key_signature
   where signer_id = $1 and target_id = any($2::int[])`,
)
const removeBy = sql('key_signature_remove_by', 'delete from key_signature where signer_id = $1')
const removeUpon = sql('key_signature_remove_upon', 'delete from key_signature where target_id = $1')

export const putKeySignatures = (db: Db, signerId: number, rows: readonly KeySignatureRow[]) =>
  db.run(put, [
    signerId,
    rows.map((row) => row.targetId),
    rows.map((row) => row.targetKey),
    rows.map((row) => row.keyId),
    rows.map((row) => row.sealed),
  ])

export const keySignaturesBy = (db: Db, signerId: number, targetIds: readonly number[]) =>
  db.rows<KeySignatureRow>(by, [signerId, targetIds])

/** All that the person made. */
export const removeKeySignaturesBy = (db: Db, signerId: number) => db.run(removeBy, [signerId])
/** All that others made upon the person's keys. */
export const removeKeySignaturesUpon = (db: Db, targetId: number) => db.run(removeUpon, [targetId])
