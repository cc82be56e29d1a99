/** Table `citizen_session`: pages that citizens have open. */
import { type Db, sql } from '#platform/api.ts'

export type SessionRow = {
  agencyId: number
  addressId: number
  isStrong: boolean
  language: string
  begunTs: number
  seenTs: number
}

const insert = sql(
  'citizen_session_insert',
  `insert into citizen_session (token_hash, agency_id, address_id, is_strong, language, begun_ts, seen_ts)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const find = sql(
  'citizen_session_find',
  `select agency_id as "agencyId", address_id as "addressId", is_strong as "isStrong", language, begun_ts as "begunTs",
     seen_ts as "seenTs"
   from citizen_session where token_hash = $1 and seen_ts > $2 and begun_ts > $3`,
)
const touch = sql('citizen_session_touch', 'update citizen_session set seen_ts = $2 where token_hash = $1')
const speak = sql('citizen_session_language', 'update citizen_session set language = $2 where token_hash = $1')
const remove = sql('citizen_session_delete', 'delete from citizen_session where token_hash = $1')
const removeBefore = sql('citizen_session_delete_before', 'delete from citizen_session where seen_ts <= $1')

export const insertSession = (db: Db, hash: Buffer, row: SessionRow) =>
  db.run(insert, [hash, row.agencyId, row.addressId, row.isStrong, row.language, row.begunTs, row.seenTs])

export const sessionOf = (db: Db, hash: Buffer, after: { seenTs: number; begunTs: number }) =>
  db.row<SessionRow>(find, [hash, after.seenTs, after.begunTs])

export const touchSession = (db: Db, hash: Buffer, nowTs: number) => db.run(touch, [hash, nowTs])

export const setSessionLanguage = (db: Db, hash: Buffer, language: string) => db.run(speak, [hash, language])

export const deleteSession = (db: Db, hash: Buffer) => db.run(remove, [hash])

export const deleteSessionsBefore = (db: Db, ts: number) => db.run(removeBefore, [ts])
