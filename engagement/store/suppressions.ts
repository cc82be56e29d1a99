/**
 * Table `suppression`: why nothing is sent to an address, by the keyed hash of the address. `agency_id` null: for all agencies;
 * `purpose_id` null: for all purposes; `channel_id` null: for all senders; `lifted_ts` null: in force.
 */
import { type Db, sql } from '#platform/api.ts'
import type { SuppressionReason } from '../api.ts'

export type SuppressionRow = {
  id: number
  agencyId: number | null
  purposeId: number | null
  channelId: string | null
  reason: SuppressionReason
  atTs: number
  withdrew: number[]
  eventId: string | null
  liftedTs: number | null
}

const columns = `id, agency_id as "agencyId", purpose_id as "purposeId", channel_id as "channelId", reason,
  at_ts as "atTs", withdrew, event_id as "eventId", lifted_ts as "liftedTs"`
const insert = sql(
  'suppression_insert',
  `insert into suppression (hash, agency_id, purpose_id, channel_id, reason, at_ts, proof_hash)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict (proof_hash) do nothing returning ${columns}`,
)
const tell = sql('suppression_tell', 'update suppression set withdrew = $2, event_id = $3 where id = $1')
const inForce = sql(
  'suppression_in_force',
  `select ${columns} from suppression where hash = $1 and lifted_ts is null order by id`,
)
const byProof = sql('suppression_by_proof', `select ${columns} from suppression where proof_hash = $1`)
const byEvent = sql('suppression_by_event', `select ${columns} from suppression where event_id = $1`)
const lift = sql('suppression_lift', 'update suppression set lifted_ts = $2 where id = any($1::bigint[])')

export type NewSuppression = Pick<SuppressionRow, 'agencyId' | 'purposeId' | 'channelId' | 'reason' | 'atTs'> & {
  hash: Buffer
  proofHash: Buffer
}

/** Undefined when this proof was acted upon before. */
export function insertSuppression(db: Db, row: NewSuppression): Promise<SuppressionRow | undefined> {
  const { hash, agencyId, purposeId, channelId, reason, atTs, proofHash } = row
  return db.row<SuppressionRow>(insert, [hash, agencyId, purposeId, channelId, reason, atTs, proofHash])
}

export const tellOfSuppression = (db: Db, id: number, withdrew: readonly number[], eventId: string | null) =>
  db.run(tell, [id, withdrew, eventId])
export const suppressionsInForce = (db: Db, hash: Buffer) => db.rows<SuppressionRow>(inForce, [hash])
export const suppressionByProof = (db: Db, proofHash: Buffer) => db.row<SuppressionRow>(byProof, [proofHash])
export const suppressionsByEvent = (db: Db, eventId: string) => db.rows<SuppressionRow>(byEvent, [eventId])
export const liftSuppressions = (db: Db, ids: readonly number[], ts: number) => db.run(lift, [ids, ts])
