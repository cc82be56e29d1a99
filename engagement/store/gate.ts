/**
 * What a send reads behind its gate: table `address_gate` is locked, then `address`, `person`, `purpose` and `consent_state` are
 * read. Each in a statement of its own: a statement sees what was committed when it began, so one that waited for the lock
 * itself would see what held before.
 */
import { type Db, sql } from '#platform/api.ts'
import type { Consenting, LegalBasis } from '../api.ts'
import type { StoredState } from './people.ts'

const lock = sql(
  'gate_lock',
  `select g.id from address a join address_gate g on g.id = a.gate_id where a.id = $1 for share of g`,
)
const holder = sql(
  'gate_holder',
  `select id, state from person where id = (select person_id from address where id = $1) for share`,
)
const facts = sql(
  'gate_facts',
  `select a.agency_id as "agencyId", a.hash, a.person_id as "personId", a.written_ts as "writtenTs",
     p.agency_id as "purposeAgencyId", p.basis, p.closed_ts as "closedTs"
   from address a, purpose p where a.id = $1 and p.id = $2`,
)
const standing = sql(
  'gate_standing',
  `with recursive whose as (
     select id from person where id = (select person_id from address where id = $1)
     union all select p.id from whose w join person p on p.merged_into = w.id
   )
   select state, seq, person_id is not null as "isPersons" from consent_state
   where purpose_id = $2 and (address_id = $1 or person_id in (select id from whose))`,
)

export type GateFacts = {
  agencyId: number
  hash: Buffer
  personId: number | null
  writtenTs: number | null
  purposeAgencyId: number
  basis: LegalBasis
  closedTs: number | null
}

/** FOR SHARE. Undefined when there is no such address any more. */
export const lockGate = (db: Db, addressId: number) => db.row<{ id: number }>(lock, [addressId])
/** The person whose address it is, FOR SHARE: what she ends waits, or is seen. */
export const lockHolder = (db: Db, addressId: number) => db.row<{ id: number; state: StoredState }>(holder, [addressId])
export const gateFacts = (db: Db, addressId: number, purposeId: number) =>
  db.row<GateFacts>(facts, [addressId, purposeId])
export const gateStanding = (db: Db, addressId: number, purposeId: number) =>
  db.rows<{ state: Consenting; seq: number; isPersons: boolean }>(standing, [addressId, purposeId])
