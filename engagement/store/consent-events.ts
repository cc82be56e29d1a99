/**
 * Tables `consent_event` and `consent_chain`: what citizens agreed to and ended, in one chain of hashes for each agency, and
 * the newest event of each chain. Contents are sealed under the key of the person or the address.
 */
import { type Db, sql } from '#platform/api.ts'
import type { ConsentAct, ConsentSource } from '../api.ts'

export type ConsentEventRow = {
  agencyId: number
  seq: number
  publicId: string
  personId: number | null
  addressId: number | null
  purposeId: number | null
  act: ConsentAct
  source: ConsentSource
  atTs: number
  undoesSeq: number | null
  erases: number[] | null
  keyId: number | null
  sealed: Buffer | null
  commitment: Buffer
  prevHash: Buffer
  hash: Buffer
  mac: Buffer
}

/** With what the hash names instead of internal numbers. */
export type ChainedRow = ConsentEventRow & { purposePublicId: string | null; holderPublicId: string | null }

const columns = `e.agency_id as "agencyId", e.seq, e.public_id as "publicId", e.person_id as "personId",
  e.address_id as "addressId", e.purpose_id as "purposeId", e.act, e.source, e.at_ts as "atTs",
  e.undoes_seq as "undoesSeq", e.erases, e.key_id as "keyId", e.sealed, e.commitment, e.prev_hash as "prevHash",
  e.hash, e.mac`
const bear = sql('consent_chain_bear', 'insert into consent_chain (agency_id, seq, hash) values ($1, 0, $2)')
const lock = sql(
  'consent_chain_lock',
  `select agency_id as "agencyId", seq, hash from consent_chain where agency_id = any($1::int[])
   order by agency_id for update`,
)
const head = sql('consent_chain_head', 'select seq, hash from consent_chain where agency_id = $1')
const advance = sql('consent_chain_advance', 'update consent_chain set seq = $2, hash = $3 where agency_id = $1')
const insert = sql(
  'consent_event_insert',
  `insert into consent_event (agency_id, seq, public_id, person_id, address_id, purpose_id, act, source, at_ts, undoes_seq,
     erases, key_id, sealed, commitment, prev_hash, hash, mac)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
)
const byPublicId = sql('consent_event_by_public_id', `select ${columns} from consent_event e where e.public_id = $1`)
const ofHolders = sql(
  'consent_event_of_holders',
  `select ${columns} from consent_event e
   where (e.person_id = any($1::int[]) or e.address_id = any($2::bigint[])) and e.seq < $3
   order by e.seq desc limit $4`,
)
const ofPurpose = sql(
  'consent_event_of_purpose',
  `select ${columns} from consent_event e
   where e.purpose_id = $3 and (e.person_id = $1 or e.address_id = $2) order by e.seq`,
)
const chained = sql(
  'consent_event_chained',
  `select ${columns}, u.public_id as "purposePublicId", coalesce(p.public_id, a.public_id) as "holderPublicId"
   from consent_event e left join purpose u on u.id = e.purpose_id left join person p on p.id = e.person_id
     left join address a on a.id = e.address_id
   where e.agency_id = $1 and e.seq > $2 order by e.seq limit $3`,
)
const following = sql(
  'consent_event_following',
  'select seq from consent_event where agency_id = $1 and prev_hash = $2 and seq <> $3 order by seq limit 1',
)
const forErasure = sql(
  'consent_event_for_erasure',
  `select seq from consent_event where agency_id = $1 and sealed is not null
     and (person_id = any($2::int[]) or address_id = any($3::bigint[])) order by seq`,
)
const erase = sql(
  'consent_event_erase',
  `update consent_event set person_id = null, address_id = null, key_id = null, sealed = null
   where agency_id = $1 and seq = any($2::bigint[])`,
)

export const bearChain = (db: Db, agencyId: number, hash: Buffer) => db.run(bear, [agencyId, hash])
/** In the order of their agencies, as everybody locks them; after gates and people. */
export const lockChains = (db: Db, agencyIds: readonly number[]) =>
  db.rows<{ agencyId: number; seq: number; hash: Buffer }>(lock, [agencyIds])
export const chainHead = (db: Db, agencyId: number) => db.row<{ seq: number; hash: Buffer }>(head, [agencyId])

/** Behind the lock of the chain. */
export async function insertConsentEvent(db: Db, row: ConsentEventRow): Promise<void> {
  const { agencyId, seq, publicId, personId, addressId, purposeId, act, source, atTs, undoesSeq, erases } = row
  const { keyId, sealed, commitment, prevHash, hash, mac } = row
  const told = [agencyId, seq, publicId, personId, addressId, purposeId, act, source, atTs, undoesSeq, erases]
  await Promise.all([
    db.run(insert, [...told, keyId, sealed, commitment, prevHash, hash, mac]),
    db.run(advance, [agencyId, seq, hash]),
  ])
}

export const consentEventByPublicId = (db: Db, publicId: string) => db.row<ConsentEventRow>(byPublicId, [publicId])

/** The newest first. */
export function consentEventsOf(
  db: Db,
  holders: { personIds: readonly number[]; addressIds: readonly number[] },
  page: { beforeSeq: number; limit: number },
): Promise<ConsentEventRow[]> {
  return db.rows<ConsentEventRow>(ofHolders, [holders.personIds, holders.addressIds, page.beforeSeq, page.limit])
}

/** All of one holder and purpose, in order. */
export const consentEventsOfPurpose = (
  db: Db,
  holder: { personId: number | null; addressId: number | null },
  purposeId: number,
) => db.rows<ConsentEventRow>(ofPurpose, [holder.personId, holder.addressId, purposeId])

export const chainedEvents = (db: Db, agencyId: number, after: number, limit: number) =>
  db.rows<ChainedRow>(chained, [agencyId, after, limit])

/** The place of the event that follows a hash, where it is another than `exceptSeq`. */
export async function seqFollowing(db: Db, agencyId: number, hash: Buffer, exceptSeq: number) {
  return (await db.row<{ seq: number }>(following, [agencyId, hash, exceptSeq]))?.seq
}

export async function eventsForErasure(
  db: Db,
  agencyId: number,
  holders: { personIds: readonly number[]; addressIds: readonly number[] },
): Promise<number[]> {
  const rows = await db.rows<{ seq: number }>(forErasure, [agencyId, holders.personIds, holders.addressIds])
  return rows.map((row) => row.seq)
}

export const eraseConsentEvents = (db: Db, agencyId: number, seqs: readonly number[]) => db.run(erase, [agencyId, seqs])
