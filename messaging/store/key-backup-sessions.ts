/**
 * Table `key_backup_session`: backed-up keys by room and session, with what decides which of two is better, and the key as
 * its client encrypted it, sealed once more.
 */
import { type Db, sql } from '#platform/api.ts'

export type KeyBackupSessionRow = {
  roomId: string
  sessionId: string
  isVerified: boolean
  firstMessageIndex: number
  forwardedCount: number
  sealed: Buffer
}
/** Of a whole backup, of one room, or of one session of it. */
export type SessionRange = {
  readonly userId: number
  readonly version: number
  readonly roomId?: string | undefined
  readonly sessionId?: string | undefined
}

const inRange = `user_id = $1 and version = $2 and ($3::text is null or room_id = $3)
  and ($4::text is null or session_id = $4)`
// What is there gives way only to a better one: verified before not, then an earlier index, then fewer hands.
const put = sql(
  'key_backup_session_put',
  `insert into key_backup_session as old
     (user_id, version, room_id, session_id, is_verified, first_message_index, forwarded_count, sealed)
   select $1, $2, s.* from unnest($3::text[], $4::text[], $5::boolean[], $6::bigint[], $7::bigint[], $8::bytea[])
     as s(room_id, session_id, is_verified, first_message_index, forwarded_count, sealed)
   on conflict (user_id, version, room_id, session_id) do update
   set is_verified = excluded.is_verified, first_message_index = excluded.first_message_index,
       forwarded_count = excluded.forwarded_count, sealed = excluded.sealed
   where (not excluded.is_verified, excluded.first_message_index, excluded.forwarded_count)
       < (not old.is_verified, old.first_message_index, old.forwarded_count)
   returning (xmax = 0) as "isNew"`,
)
const page = sql(
  'key_backup_session_page',
  `select room_id as "roomId", session_id as "sessionId", is_verified as "isVerified",
     first_message_index as "firstMessageIndex", forwarded_count as "forwardedCount", sealed
   from key_backup_session where ${inRange} and (room_id, session_id) > ($5, $6)
   order by room_id, session_id limit $7`,
)
const remove = sql('key_backup_session_remove', `delete from key_backup_session where ${inRange}`)

const values = ({ userId, version, roomId, sessionId }: SessionRange) => [
  userId,
  version,
  roomId ?? null,
  sessionId ?? null,
]

/** One answer for each key that was new or better than what was there. */
export const putKeyBackupSessions = (
  db: Db,
  backup: { userId: number; version: number },
  rows: readonly KeyBackupSessionRow[],
) =>
  db.rows<{ isNew: boolean }>(put, [
    backup.userId,
    backup.version,
    rows.map((row) => row.roomId),
    rows.map((row) => row.sessionId),
    rows.map((row) => row.isVerified),
    rows.map((row) => row.firstMessageIndex),
    rows.map((row) => row.forwardedCount),
    rows.map((row) => row.sealed),
  ])

/** In the order of rooms and sessions, behind a place. */
export const keyBackupSessionPage = (
  db: Db,
  range: SessionRange,
  after: { roomId: string; sessionId: string },
  limit: number,
) => db.rows<KeyBackupSessionRow>(page, [...values(range), after.roomId, after.sessionId, limit])

export const removeKeyBackupSessions = (db: Db, range: SessionRange) => db.run(remove, values(range))
