/** Table `citizen_code`: codes on their way to addresses. */
import { type Db, sql } from '#platform/api.ts'

export type CodeRow = { agencyId: number; addressId: number | null; codeHash: Buffer; triesLeft: number }

const insert = sql(
  'citizen_code_insert',
  `insert into citizen_code (id, agency_id, address_id, code_hash, tries_left, expires_ts) values ($1, $2, $3, $4, $5, $6)`,
)
const tryOnce = sql(
  'citizen_code_try',
  `update citizen_code set tries_left = tries_left - 1 where id = $1 and expires_ts > $2 and tries_left > 0
   returning agency_id as "agencyId", address_id as "addressId", code_hash as "codeHash", tries_left as "triesLeft"`,
)
const remove = sql('citizen_code_delete', 'delete from citizen_code where id = $1')
const removeBefore = sql('citizen_code_delete_before', 'delete from citizen_code where expires_ts <= $1')
const lock = sql('citizen_code_lock', 'select id from address where id = $1 for no key update')
const countOf = sql(
  'citizen_code_count',
  `select count(*) filter (where expires_ts > $2)::int as "underWay", count(*)::int as "inAll"
   from citizen_code where address_id = $1 and expires_ts > $3`,
)

export const insertCode = (
  db: Db,
  code: { id: string; agencyId: number; addressId: number | null; codeHash: Buffer; tries: number; expiresTs: number },
) => db.run(insert, [code.id, code.agencyId, code.addressId, code.codeHash, code.tries, code.expiresTs])

/** Takes one of its tries; undefined when none is left, or its time is over. */
export const takeTry = (db: Db, id: string, nowTs: number) => db.row<CodeRow>(tryOnce, [id, nowTs])

export const deleteCode = (db: Db, id: string) => db.run(remove, [id])

export const deleteCodesBefore = (db: Db, ts: number) => db.run(removeBefore, [ts])

/** Codes to an address that nobody entered: still good, and all that ended since `sinceTs`. One asker at a time counts. */
export async function codesTo(db: Db, addressId: number, nowTs: number, sinceTs: number) {
  await db.row(lock, [addressId])
  const count = await db.row<{ underWay: number; inAll: number }>(countOf, [addressId, nowTs, sinceTs])
  return count ?? { underWay: 0, inAll: 0 }
}
