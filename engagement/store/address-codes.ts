/**
 * Table `address_code`: codes and links that prove who reads an address. `code_hash` is keyed, `link_hash` of a long token;
 * `purpose_id` is what a confirmation agrees to, null where it only proves the address.
 */
import { type Db, sql } from '#platform/api.ts'

export type CodeRow = {
  id: string
  agencyId: number
  addressId: number
  personId: number | null
  purposeId: number | null
  codeHash: Buffer
  triesLeft: number
  expiresTs: number
}

const columns = `id, agency_id as "agencyId", address_id as "addressId", person_id as "personId",
  purpose_id as "purposeId", code_hash as "codeHash", tries_left as "triesLeft", expires_ts as "expiresTs"`
const insert = sql(
  'address_code_insert',
  `insert into address_code
     (id, agency_id, address_id, person_id, purpose_id, code_hash, link_hash, tries_left, expires_ts, created_ts)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
)
const countSince = sql(
  'address_code_count',
  'select count(*) as n from address_code where address_id = $1 and created_ts > $2',
)
const newest = sql(
  'address_code_newest',
  `select ${columns} from address_code where address_id = $1 and tries_left > 0 and expires_ts > $2
   order by created_ts desc, id limit 1 for update`,
)
const byLink = sql(
  'address_code_by_link',
  `select ${columns} from address_code where link_hash = $1 and tries_left > 0 and expires_ts > $2 for update`,
)
const setTries = sql('address_code_set_tries', 'update address_code set tries_left = $2 where id = $1')
const spendAll = sql('address_code_spend_all', 'update address_code set tries_left = 0 where address_id = $1')
const forget = sql('address_code_forget', 'delete from address_code where created_ts < $1')

export function insertCode(db: Db, row: CodeRow & { linkHash: Buffer; createdTs: number }): Promise<number> {
  const { id, agencyId, addressId, personId, purposeId, codeHash, linkHash, triesLeft, expiresTs, createdTs } = row
  const whose = [id, agencyId, addressId, personId, purposeId]
  return db.run(insert, [...whose, codeHash, linkHash, triesLeft, expiresTs, createdTs])
}

export const codesSince = async (db: Db, addressId: number, ts: number) =>
  (await db.row<{ n: number }>(countSince, [addressId, ts]))?.n ?? 0
/** The newest that can still be used; locked. */
export const newestCode = (db: Db, addressId: number, nowTs: number) => db.row<CodeRow>(newest, [addressId, nowTs])
export const codeByLink = (db: Db, linkHash: Buffer, nowTs: number) => db.row<CodeRow>(byLink, [linkHash, nowTs])
export const setTriesLeft = (db: Db, id: string, left: number) => db.run(setTries, [id, left])
/** Of one address: one proof ends the other codes too. */
export const spendCodes = (db: Db, addressId: number) => db.run(spendAll, [addressId])
export const forgetCodesBefore = (db: Db, ts: number) => db.run(forget, [ts])
