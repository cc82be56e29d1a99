/** Table `idempotency`: `id` (keyed hash of who, what and key), `body_hash`, `sealed_answer`, `created_ts`. */
import { type Db, sql } from '#platform/api.ts'

export type IdempotencyRow = { id: Buffer; bodyHash: Buffer; sealedAnswer: Buffer | null }

const begin = sql(
  'idempotency_begin',
  'insert into idempotency (id, body_hash, created_ts) values ($1, $2, $3) on conflict (id) do nothing',
)
const find = sql(
  'idempotency_find',
  'select id, body_hash as "bodyHash", sealed_answer as "sealedAnswer" from idempotency where id = any($1::bytea[])',
)
/** In one order for all, so that two who keep the same never wait for each other. */
const keep = sql(
  'idempotency_keep',
  `insert into idempotency (id, body_hash, sealed_answer, created_ts)
   select id, body_hash, sealed_answer, $4 from unnest($1::bytea[], $2::bytea[], $3::bytea[]) as t (id, body_hash, sealed_answer)
   order by id on conflict (id) do nothing`,
)
const end = sql('idempotency_end', 'update idempotency set sealed_answer = $2 where id = $1')
const forget = sql('idempotency_forget', 'delete from idempotency where created_ts < $1')

/** Waits for whoever is at it under the same id. @returns whether it is new. */
export const beginOnce = async (db: Db, id: Buffer, bodyHash: Buffer, ts: number) =>
  (await db.run(begin, [id, bodyHash, ts])) === 1
export const findAllOnce = (db: Db, ids: readonly Buffer[]) => db.rows<IdempotencyRow>(find, [ids])
export const findOnce = async (db: Db, id: Buffer) => (await findAllOnce(db, [id]))[0]
/** Waits for whoever is at one of them. @returns how many were new. */
export const keepAllOnce = (db: Db, rows: readonly (IdempotencyRow & { sealedAnswer: Buffer })[], ts: number) =>
  db.run(keep, [
    rows.map(({ id }) => id),
    rows.map(({ bodyHash }) => bodyHash),
    rows.map(({ sealedAnswer }) => sealedAnswer),
    ts,
  ])
export const endOnce = (db: Db, id: Buffer, sealedAnswer: Buffer) => db.run(end, [id, sealedAnswer])
export const forgetOnceBefore = (db: Db, ts: number) => db.run(forget, [ts])
