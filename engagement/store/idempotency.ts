/** Table `idempotency`: `id` (keyed hash of who, what and key), `body_hash`, `sealed_answer`, `created_ts`. */
import { type Db, sql } from '#platform/api.ts'

export type IdempotencyRow = { bodyHash: Buffer; sealedAnswer: Buffer | null }

const begin = sql(
  'idempotency_begin',
  'insert into idempotency (id, body_hash, created_ts) values ($1, $2, $3) on conflict (id) do nothing',
)
const find = sql(
  'idempotency_find',
  'select body_hash as "bodyHash", sealed_answer as "sealedAnswer" from idempotency where id = $1',
)
const end = sql('idempotency_end', 'update idempotency set sealed_answer = $2 where id = $1')
const forget = sql('idempotency_forget', 'delete from idempotency where created_ts < $1')

/** Waits for whoever is at it under the same id. @returns whether it is new. */
export const beginOnce = async (db: Db, id: Buffer, bodyHash: Buffer, ts: number) =>
  (await db.run(begin, [id, bodyHash, ts])) === 1
export const findOnce = (db: Db, id: Buffer) => db.row<IdempotencyRow>(find, [id])
export const endOnce = (db: Db, id: Buffer, sealedAnswer: Buffer) => db.run(end, [id, sealedAnswer])
export const forgetOnceBefore = (db: Db, ts: number) => db.run(forget, [ts])
