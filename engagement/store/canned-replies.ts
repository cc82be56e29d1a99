/** Table `canned_reply`: `sealed` holds title and texts by language. */
import { type Db, sql } from '#platform/api.ts'

export type CannedReplyRow = {
  id: number
  publicId: string
  agencyId: number
  key: string
  sealed: Buffer
  changedTs: number
}

const columns = `id, public_id as "publicId", agency_id as "agencyId", key, sealed, changed_ts as "changedTs"`
const ofAgencies = sql(
  'canned_reply_of_agencies',
  `select ${columns} from canned_reply where agency_id = any($1::int[]) order by agency_id, key`,
)
const byPublicId = sql('canned_reply_by_public_id', `select ${columns} from canned_reply where public_id = $1`)
const insert = sql(
  'canned_reply_insert',
  `insert into canned_reply (public_id, agency_id, key, sealed, changed_ts) values ($1, $2, $3, $4, $5)
   on conflict (agency_id, key) do nothing`,
)
const change = sql('canned_reply_change', 'update canned_reply set sealed = $2, changed_ts = $3 where public_id = $1')
const remove = sql('canned_reply_delete', 'delete from canned_reply where public_id = $1')
const count = sql('canned_reply_count', 'select count(*)::int as n from canned_reply where agency_id = $1')

export type CannedReplyInsert = Omit<CannedReplyRow, 'id'>

export const cannedReplyRows = (db: Db, agencyIds: readonly number[]) =>
  db.rows<CannedReplyRow>(ofAgencies, [agencyIds])
export const cannedReplyRow = (db: Db, publicId: string) => db.row<CannedReplyRow>(byPublicId, [publicId])

/** @returns false when the agency has one of that key. */
export async function insertCannedReply(db: Db, reply: CannedReplyInsert): Promise<boolean> {
  const { publicId, agencyId, key, sealed, changedTs } = reply
  return (await db.run(insert, [publicId, agencyId, key, sealed, changedTs])) === 1
}

export const changeCannedReply = (db: Db, publicId: string, sealed: Buffer, changedTs: number) =>
  db.run(change, [publicId, sealed, changedTs])
export const deleteCannedReply = (db: Db, publicId: string) => db.run(remove, [publicId])

export async function cannedReplyCount(db: Db, agencyId: number): Promise<number> {
  return (await db.row<{ n: number }>(count, [agencyId]))?.n ?? 0
}
