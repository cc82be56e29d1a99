/**
 * Tables `address` and `address_gate`. An address belongs to one agency; its gate to whoever knows the address. The value is
 * sealed under a key of the address (`data_key_id`), and found by its keyed hash.
 */
import { type Db, sql } from '#platform/api.ts'
import type { AddressKind } from '../api.ts'

export type AddressRow = {
  id: number
  publicId: string
  agencyId: number
  kind: AddressKind
  hash: Buffer
  gateId: number
  personId: number | null
  dataKeyId: number
  sealedValue: Buffer
  verifiedTs: number | null
  isShared: boolean
  isReadByOthers: boolean
  writtenTs: number | null
  goodTs: number | null
}

const columns = `id, public_id as "publicId", agency_id as "agencyId", kind, hash, gate_id as "gateId",
  person_id as "personId", data_key_id as "dataKeyId", sealed_value as "sealedValue", verified_ts as "verifiedTs",
  is_shared as "isShared", is_read_by_others as "isReadByOthers", written_ts as "writtenTs", good_ts as "goodTs"`
const byId = sql('address_by_id', `select ${columns} from address where id = $1`)
const byIds = sql('address_by_ids', `select ${columns} from address where id = any($1::bigint[])`)
const byPublicId = sql('address_by_public_id', `select ${columns} from address where public_id = $1`)
const byHash = sql('address_by_hash', `select ${columns} from address where agency_id = $1 and hash = $2`)
/** Of each record that is asked for: of the one that counts for it, and of all that were merged into that one. */
const ofGroups = sql(
  'address_of_groups',
  `with recursive up as (
     select id as asked, id, merged_into from person where id = any($1::int[])
     union all select u.asked, p.id, p.merged_into from up u join person p on p.id = u.merged_into
   ), hers as (
     select asked, id as holder from up where merged_into is null
     union all select h.asked, p.id from hers h join person p on p.merged_into = h.holder
   )
   select asked as "askedId", ${columns} from hers join address on person_id = holder order by id`,
)
const ofPeople = sql('address_of_people', `select ${columns} from address where person_id = any($1::int[]) order by id`)
const bearGate = sql('address_gate_bear', 'insert into address_gate (hash) values ($1) on conflict (hash) do nothing')
const insert = sql(
  'address_insert',
  `insert into address (public_id, agency_id, kind, hash, gate_id, data_key_id, sealed_value, created_ts)
   select $1, $2, $3, $4, g.id, $5, $6, $7 from address_gate g where g.hash = $4
   on conflict (agency_id, hash) do nothing returning ${columns}`,
)
const setPerson = sql('address_set_person', 'update address set person_id = $2 where id = any($1::bigint[])')
const setFlags = sql(
  'address_set_flags',
  `update address set is_shared = coalesce($2, is_shared), is_read_by_others = coalesce($3, is_read_by_others),
     verified_ts = case when $4::bigint is null then verified_ts when $4 = 0 then null else coalesce(verified_ts, $4) end
   where id = $1`,
)
const markWritten = sql(
  'address_mark_written',
  `update address set written_ts = greatest(written_ts, $2), good_ts = greatest(good_ts, $2) where id = $1`,
)
/** In one order for all. To the minute: a receipt in each second would else be a row written in each second. */
const markGood = sql(
  'address_mark_good',
  `update address set good_ts = $2::bigint where id in (
     select id from address where id = any($1::bigint[]) and (good_ts is null or good_ts < $2::bigint - 60000)
     order by id for no key update)`,
)
const writtenSince = sql('address_written_since', 'select 1 as found from address where id = $1 and written_ts > $2')
const shut = sql(
  'address_gate_shut',
  `select g.id from address_gate g
   where g.id in (select gate_id from address where id = any($1::bigint[])) order by g.id for update`,
)
const everywhere = sql('address_everywhere', `select ${columns} from address where gate_id = $1 order by id`)
const remove = sql('address_delete', 'delete from address where id = any($1::bigint[])')
const removeGates = sql(
  'address_gate_delete',
  `delete from address_gate g where id = any($1::bigint[])
     and not exists (select from address a where a.gate_id = g.id)`,
)

export const addressById = (db: Db, id: number) => db.row<AddressRow>(byId, [id])
export const addressesByIds = (db: Db, ids: readonly number[]) => db.rows<AddressRow>(byIds, [ids])
export const addressByPublicId = (db: Db, publicId: string) => db.row<AddressRow>(byPublicId, [publicId])
export const addressByHash = (db: Db, agencyId: number, hash: Buffer) => db.row<AddressRow>(byHash, [agencyId, hash])
export const addressesOfGroups = (db: Db, personIds: readonly number[]) =>
  db.rows<AddressRow & { askedId: number }>(ofGroups, [personIds])
export const addressesOfPeople = (db: Db, personIds: readonly number[]) => db.rows<AddressRow>(ofPeople, [personIds])

export type NewAddressRow = Pick<
  AddressRow,
  'publicId' | 'agencyId' | 'kind' | 'hash' | 'dataKeyId' | 'sealedValue'
> & { createdTs: number }

/** With its gate. Undefined when the agency knows the address already. */
export async function insertAddress(db: Db, row: NewAddressRow): Promise<AddressRow | undefined> {
  await db.run(bearGate, [row.hash])
  const { publicId, agencyId, kind, hash, dataKeyId, sealedValue, createdTs } = row
  return db.row<AddressRow>(insert, [publicId, agencyId, kind, hash, dataKeyId, sealedValue, createdTs])
}

export const setPersonOfAddresses = (db: Db, ids: readonly number[], personId: number | null) =>
  db.run(setPerson, [ids, personId])

/** What is null stays as it is. `verifiedTs` 0: not verified any more. */
export function setAddressFlags(
  db: Db,
  id: number,
  to: { isShared: boolean | null; isReadByOthers: boolean | null; verifiedTs: number | null },
): Promise<number> {
  return db.run(setFlags, [id, to.isShared, to.isReadByOthers, to.verifiedTs])
}

export const markAddressWritten = (db: Db, id: number, ts: number) => db.run(markWritten, [id, ts])
export const markAddressesGood = (db: Db, ids: readonly number[], ts: number) => db.run(markGood, [ids, ts])
export const isWrittenSince = async (db: Db, id: number, ts: number) =>
  (await db.row(writtenSince, [id, ts])) !== undefined

/** FOR UPDATE, in the order of the gates' ids. */
export const shutGates = (db: Db, addressIds: readonly number[]) => db.rows<{ id: number }>(shut, [addressIds])

/** The same address as all agencies know it. */
export const addressesOfGate = (db: Db, gateId: number) => db.rows<AddressRow>(everywhere, [gateId])

export async function deleteAddresses(db: Db, rows: readonly Pick<AddressRow, 'id' | 'gateId'>[]): Promise<void> {
  await db.run(remove, [rows.map((row) => row.id)])
  await db.run(removeGates, [rows.map((row) => row.gateId)])
}
