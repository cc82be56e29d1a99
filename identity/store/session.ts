/**
 * Table `session`: `id`, `user_id`, `device_id` (one session a device), the current pair of tokens (`token_hash`,
 * `refresh_hash`, `expires_ts`), the pair that was given and not used yet (`next_…`), `previous_token_hash`, `created_ts`.
 */
import { type Db, sql } from '#platform/api.ts'

export type SessionRow = {
  id: number
  userId: number
  deviceId: string
  matrixId: string
  role: string
  lockedTs: number | null
  suspendedTs: number | null
  /** Of the token that was asked for; null for one that does not end by itself. */
  expiresTs: number | null
  /** Which of the session's access tokens it is. */
  token: 'current' | 'next' | 'previous'
}

/** What the table keeps of an access token and the refresh token that goes with it. */
export type TokenPair = {
  readonly tokenHash: Buffer
  readonly refreshHash: Buffer | null
  readonly expiresTs: number | null
}

const insert = sql(
  'session_insert',
  `insert into session (user_id, device_id, token_hash, refresh_hash, expires_ts, created_ts)
   values ($1, $2, $3, $4, $5, $6) returning id`,
)
const byTokenHash = sql(
  'session_by_token_hash',
  `select s.id, s.user_id as "userId", s.device_id as "deviceId", u.matrix_id as "matrixId", a.role,
          a.locked_ts as "lockedTs", a.suspended_ts as "suspendedTs",
          case when s.next_token_hash = $1 then s.next_expires_ts else s.expires_ts end as "expiresTs",
          case when s.token_hash = $1 then 'current' when s.next_token_hash = $1 then 'next' else 'previous' end as token
   from session s join account a on a.user_id = s.user_id join users u on u.id = s.user_id
   where (s.token_hash = $1 or s.next_token_hash = $1 or s.previous_token_hash = $1) and a.deactivated_ts is null`,
)
const byRefreshHash = sql(
  'session_by_refresh_hash',
  `select s.id, s.user_id as "userId", s.next_token_hash as "nextTokenHash", a.locked_ts as "lockedTs",
          s.refresh_hash = $1 as "isCurrent"
   from session s join account a on a.user_id = s.user_id
   where (s.refresh_hash = $1 or s.next_refresh_hash = $1) and a.deactivated_ts is null for update of s`,
)
const offer = sql(
  'session_offer_pair',
  'update session set next_token_hash = $2, next_refresh_hash = $3, next_expires_ts = $4 where id = $1',
)
const promote = sql(
  'session_promote_pair',
  `update session set previous_token_hash = token_hash, token_hash = next_token_hash, refresh_hash = next_refresh_hash,
     expires_ts = next_expires_ts, next_token_hash = null, next_refresh_hash = null, next_expires_ts = null
   where id = $1 and next_token_hash = $2`,
)
const remove = sql(
  'session_delete',
  'delete from session where user_id = $1 and device_id = any($2::text[]) returning id',
)
const idsOfUser = sql('session_ids_of_user', 'select id from session where user_id = $1 order by id')

export async function insertSession(
  db: Db,
  session: { userId: number; deviceId: string; pair: TokenPair; nowTs: number },
): Promise<number> {
  const { tokenHash, refreshHash, expiresTs } = session.pair
  const values = [session.userId, session.deviceId, tokenHash, refreshHash, expiresTs, session.nowTs]
  const row = await db.row<{ id: number }>(insert, values)
  if (row === undefined) throw new Error('session_insert answered nothing')
  return row.id
}

/** The session with the account behind it; none when the account was deactivated. */
export function sessionByTokenHash(db: Db, tokenHash: Buffer): Promise<SessionRow | undefined> {
  return db.row<SessionRow>(byTokenHash, [tokenHash])
}

export type RefreshRow = {
  id: number
  userId: number
  lockedTs: number | null
  nextTokenHash: Buffer | null
  /** Whether it is the refresh token of the current pair, and not of the one that follows. */
  isCurrent: boolean
}

/** Locks the row until the transaction ends. */
export function sessionByRefreshHash(db: Db, refreshHash: Buffer): Promise<RefreshRow | undefined> {
  return db.row<RefreshRow>(byRefreshHash, [refreshHash])
}

/** The pair that follows the current one, instead of any that was given before and never used. */
export async function offerPair(db: Db, sessionId: number, pair: TokenPair): Promise<void> {
  await db.run(offer, [sessionId, pair.tokenHash, pair.refreshHash, pair.expiresTs])
}

/** The pair that was given becomes the current one. @returns false when somebody else was faster. */
export async function promotePair(db: Db, sessionId: number, nextTokenHash: Buffer): Promise<boolean> {
  return (await db.run(promote, [sessionId, nextTokenHash])) === 1
}

/** @returns the ids of the sessions that were there. */
export async function deleteSessions(db: Db, userId: number, deviceIds: readonly string[]): Promise<number[]> {
  return (await db.rows<{ id: number }>(remove, [userId, deviceIds])).map((row) => row.id)
}

export async function sessionIdsOf(db: Db, userId: number): Promise<number[]> {
  return (await db.rows<{ id: number }>(idsOfUser, [userId])).map((row) => row.id)
}
