/**
 * Tables `purpose` and `purpose_wording`. Key and title of a purpose, and its wordings, are sealed (server key `purposes`); a
 * purpose is found by the keyed hash of agency and key.
 */
import { type Db, sql } from '#platform/api.ts'
import type { LegalBasis } from '../api.ts'

export type PurposeRow = {
  id: number
  publicId: string
  agencyId: number
  sealedText: Buffer
  basis: LegalBasis
  wordingVersion: number
  closedTs: number | null
}

const columns = `id, public_id as "publicId", agency_id as "agencyId", sealed_text as "sealedText", basis,
  wording_version as "wordingVersion", closed_ts as "closedTs"`
const byIds = sql('purpose_by_ids', `select ${columns} from purpose where id = any($1::int[])`)
const byPublicIds = sql('purpose_by_public_ids', `select ${columns} from purpose where public_id = any($1::text[])`)
const byKey = sql('purpose_by_key', `select ${columns} from purpose where agency_id = $1 and key_hash = $2`)
const ofAgency = sql('purpose_of_agency', `select ${columns} from purpose where agency_id = $1 order by id`)
const insert = sql(
  'purpose_insert',
  `insert into purpose (public_id, agency_id, key_hash, sealed_text, basis, created_ts) values ($1, $2, $3, $4, $5, $6)
   on conflict (agency_id, key_hash) do nothing returning ${columns}`,
)
const nextVersion = sql(
  'purpose_next_version',
  `update purpose set wording_version = wording_version + 1 where id = $1 returning ${columns}`,
)
const close = sql(
  'purpose_close',
  `update purpose set closed_ts = coalesce(closed_ts, $2) where id = $1 returning ${columns}`,
)
const word = sql(
  'purpose_wording_insert',
  `insert into purpose_wording (purpose_id, version, language, sealed_text, created_ts) values ($1, $2, $3, $4, $5)`,
)
const wordings = sql(
  'purpose_wording_of',
  `select language, sealed_text as "sealedText" from purpose_wording where purpose_id = $1 and version = $2
   order by language`,
)

export const purposesByIds = (db: Db, ids: readonly number[]) => db.rows<PurposeRow>(byIds, [ids])
export const purposeById = async (db: Db, id: number) => (await purposesByIds(db, [id]))[0]
export const purposesByPublicIds = (db: Db, ids: readonly string[]) => db.rows<PurposeRow>(byPublicIds, [ids])
export const purposeByKey = (db: Db, agencyId: number, keyHash: Buffer) =>
  db.row<PurposeRow>(byKey, [agencyId, keyHash])
export const purposesOfAgency = (db: Db, agencyId: number) => db.rows<PurposeRow>(ofAgency, [agencyId])

export type NewPurposeRow = {
  publicId: string
  agencyId: number
  keyHash: Buffer
  sealedText: Buffer
  basis: LegalBasis
  createdTs: number
}

/** Undefined when the agency has such a key. */
export function insertPurpose(db: Db, row: NewPurposeRow): Promise<PurposeRow | undefined> {
  const { publicId, agencyId, keyHash, sealedText, basis, createdTs } = row
  return db.row<PurposeRow>(insert, [publicId, agencyId, keyHash, sealedText, basis, createdTs])
}

export const beginWording = (db: Db, id: number) => db.row<PurposeRow>(nextVersion, [id])
export const closePurpose = (db: Db, id: number, ts: number) => db.row<PurposeRow>(close, [id, ts])

export function insertWording(
  db: Db,
  row: { purposeId: number; version: number; language: string; sealedText: Buffer; createdTs: number },
): Promise<number> {
  return db.run(word, [row.purposeId, row.version, row.language, row.sealedText, row.createdTs])
}

export const wordingRows = (db: Db, purposeId: number, version: number) =>
  db.rows<{ language: string; sealedText: Buffer }>(wordings, [purposeId, version])
