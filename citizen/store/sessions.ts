/** Table `citizen_session`: pages that citizens have open. */
import { type Db, sql } from '#platform/api.ts'

export type SessionRow = {
  agencyId: number
  addressId: number
  strongPersonId: number | null
  language: string
  begunTs: number
  seenTs: number
}

const insert = sql(
  'citizen_session_insert',
  `insert into citizen_session (token_hash, agency_id, address_id, strong_person_id, language, begun_ts, seen_ts)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const find = sql(
  'citizen_session_find',
  `select s.agency_id as "agencyId", s.address_id as "addressId", coalesce(s.strong_person_id = a.person_id, false) as "isStrong",
     s.language, s.begun_ts as "begunTs", s.seen_ts as "seenTs"
   from citizen_session s join address a on a.id = s.address_id
   where s.token_hash = $1 and s.seen_ts > $2 and s.begun_ts > $3`,
)
const touch = sql('citizen_session_touch', 'update citizen_session set seen_ts = $2 where token_hash = $1')
const speak = sql('citizen_session_language', 'update citizen_session set language = $2 where token_hash = $1')
const remove = sql('citizen_session_delete', 'delete from citizen_session where token_hash = $1')
const removeBefore = sql('citizen_session_delete_before', 'delete from citizen_session where seen_ts <= $1')

export const insertSession = (db: Db, hash: Buffer, row: SessionRow) =>
  db.run(insert, [hash, row.agencyId, row.addressId, row.strongPersonId, row.language, row.begunTs, row.seenTs])

/** `isStrong`: what she proved beyond a code is about whoever the address belongs to now. */
export const sessionOf = (db: Db, hash: Buffer, after: { seenTs: number; begunTs: number }) =>
  db.row<Omit<SessionRow, 'strongPersonId'> & { isStrong: boolean }>(find, [hash, after.seenTs, after.begunTs])

export const touchSession = (db: Db, hash: Buffer, nowTs: number) => db.run(touch, [hash, nowTs])

export const setSessionLanguage = (db: Db, hash: Buffer, language: string) => db.run(speak, [hash, language])

export const deleteSession = (db: Db, hash: Buffer) => db.run(remove, [hash])

export const deleteSessionsBefore = (db: Db, ts: number) => db.run(removeBefore, [ts])
