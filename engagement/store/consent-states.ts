/** Table `consent_state`: what holds now for a person or an address and a purpose; derived from `consent_event`. */
import { type Db, sql } from '#platform/api.ts'
import type { Consenting } from '../api.ts'

export type ConsentStateRow = {
  agencyId: number
  personId: number | null
  addressId: number | null
  purposeId: number
  state: Consenting
  sinceTs: number
  seq: number
}

const columns = `agency_id as "agencyId", person_id as "personId", address_id as "addressId", purpose_id as "purposeId",
  state, since_ts as "sinceTs", seq`
const put = (holder: 'person' | 'address') =>
  sql(
    `consent_state_put_${holder}`,
    `insert into consent_state (agency_id, person_id, address_id, purpose_id, state, since_ts, seq)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (${holder}_id, purpose_id) where ${holder}_id is not null
     do update set state = excluded.state, since_ts = excluded.since_ts, seq = excluded.seq`,
  )
const putOfPerson = put('person')
const putOfAddress = put('address')
const ofHolders = sql(
  'consent_state_of_holders',
  `select ${columns} from consent_state where person_id = any($1::int[]) or address_id = any($2::bigint[])
   order by seq`,
)
const ofAgency = sql(
  'consent_state_of_agency',
  `select ${columns} from consent_state where agency_id = $1 order by seq`,
)
const clear = sql('consent_state_clear', 'delete from consent_state where agency_id = $1')
const remove = sql(
  'consent_state_delete',
  'delete from consent_state where person_id = any($1::int[]) or address_id = any($2::bigint[])',
)

export function putConsentState(db: Db, row: ConsentStateRow): Promise<number> {
  const { agencyId, personId, addressId, purposeId, state, sinceTs, seq } = row
  const statement = personId === null ? putOfAddress : putOfPerson
  return db.run(statement, [agencyId, personId, addressId, purposeId, state, sinceTs, seq])
}

export const consentStatesOf = (db: Db, personIds: readonly number[], addressIds: readonly number[]) =>
  db.rows<ConsentStateRow>(ofHolders, [personIds, addressIds])
export const consentStatesOfAgency = (db: Db, agencyId: number) => db.rows<ConsentStateRow>(ofAgency, [agencyId])
export const clearConsentStates = (db: Db, agencyId: number) => db.run(clear, [agencyId])
export const deleteConsentStates = (db: Db, personIds: readonly number[], addressIds: readonly number[]) =>
  db.run(remove, [personIds, addressIds])
