/**
 * What sends read behind their gates: rows of `address_gate` are locked, then `address`, `person`, `purpose`, `consent_state` and
 * `suppression` are read. Each in a statement of its own: a statement sees what was committed when it began, so one that waited
 * for the locks itself would see what held before.
 */
import { type Db, sql } from '#platform/api.ts'
import type { Consenting, LegalBasis, SuppressionReason } from '../api.ts'
import type { StoredState } from './people.ts'

const lock = sql(
  'gate_lock',
  `select id from address_gate where id in (select gate_id from address where id = any($1::bigint[]))
   order by id for share`,
)
const holders = sql(
  'gate_holders',
  `select id, state from person where id in (select person_id from address where id = any($1::bigint[]))
   order by id for share`,
)
const facts = sql(
  'gate_facts',
  `select a.id as "addressId", p.id as "purposeId", a.agency_id as "agencyId", a.person_id as "personId",
     a.written_ts as "writtenTs", p.agency_id as "purposeAgencyId", p.basis, p.closed_ts as "closedTs"
   from (select distinct * from unnest($1::bigint[], $2::int[]) as t (address_id, purpose_id)) g
   join address a on a.id = g.address_id join purpose p on p.id = g.purpose_id`,
)
const standings = sql(
  'gate_standings',
  `with recursive asked as (
     select distinct * from unnest($1::bigint[], $2::int[]) as t (address_id, purpose_id)
   ), whose as (
     select id as address_id, person_id as holder from address where id = any($1::bigint[]) and person_id is not null
     union all select w.address_id, p.id from whose w join person p on p.merged_into = w.holder
   )
   select g.address_id as "addressId", g.purpose_id as "purposeId", c.state, c.seq, true as "isPersons"
   from asked g join whose w on w.address_id = g.address_id
   join consent_state c on c.person_id = w.holder and c.purpose_id = g.purpose_id
   union all
   select g.address_id, g.purpose_id, c.state, c.seq, false
   from asked g join consent_state c on c.address_id = g.address_id and c.purpose_id = g.purpose_id`,
)
const suppressions = sql(
  'gate_suppressions',
  `select a.id as "addressId", s.agency_id as "agencyId", s.purpose_id as "purposeId", s.channel_id as "channelId", s.reason,
     s.at_ts as "atTs"
   from address a join suppression s on s.hash = a.hash and s.lifted_ts is null
   where a.id = any($1::bigint[]) order by s.id`,
)

export type GateFacts = {
  addressId: number
  purposeId: number
  agencyId: number
  personId: number | null
  writtenTs: number | null
  purposeAgencyId: number
  basis: LegalBasis
  closedTs: number | null
}
export type GateStanding = {
  addressId: number
  purposeId: number
  state: Consenting
  seq: number
  isPersons: boolean
}
export type GateSuppression = {
  addressId: number
  agencyId: number | null
  purposeId: number | null
  channelId: string | null
  reason: SuppressionReason
  atTs: number
}

/** FOR SHARE, in the order of the gates' ids. */
export const lockGates = (db: Db, addressIds: readonly number[]) => db.rows<{ id: number }>(lock, [addressIds])
/** The people whose addresses they are, FOR SHARE: what one of them ends waits, or is seen. */
export const lockHolders = (db: Db, addressIds: readonly number[]) =>
  db.rows<{ id: number; state: StoredState }>(holders, [addressIds])
/** One for each address and purpose at the same place; an address that is no more has none. */
export const gateFacts = (db: Db, addressIds: readonly number[], purposeIds: readonly number[]) =>
  db.rows<GateFacts>(facts, [addressIds, purposeIds])
export const gateStandings = (db: Db, addressIds: readonly number[], purposeIds: readonly number[]) =>
  db.rows<GateStanding>(standings, [addressIds, purposeIds])
/** What is in force for the addresses, whoever shares them. */
export const gateSuppressions = (db: Db, addressIds: readonly number[]) =>
  db.rows<GateSuppression>(suppressions, [addressIds])
