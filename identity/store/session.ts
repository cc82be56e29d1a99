/**
 * Table `session`: `id`, `user_id`, `device_id` (one session a device), `token_hash` (SHA-256 of the access token),
 * `created_ts`.
 */
import { type Db, sql } from '#platform/api.ts'

export type SessionRow = { id: number; userId: number; deviceId: string; matrixId: string; role: string }

const insert = sql(
  'session_insert',
  'insert into session (user_id, device_id, token_hash, created_ts) values ($1, $2, $3, $4) returning id',
)
const byTokenHash = sql(
  'session_by_token_hash',
  `select s.id, s.user_id as "userId", s.device_id as "deviceId", u.matrix_id as "matrixId", a.role
   from session s join account a on a.user_id = s.user_id join users u on u.id = s.user_id
   where s.token_hash = $1 and a.deactivated_ts is null`,
)
const remove = sql(
  'session_delete',
  'delete from session where user_id = $1 and device_id = any($2::text[]) returning id',
)

export async function insertSession(
  db: Db,
  session: { userId: number; deviceId: string; tokenHash: Buffer; nowTs: number },
): Promise<number> {
  const row = await db.row<{ id: number }>(insert, [session.userId, session.deviceId, session.tokenHash, session.nowTs])
  if (row === undefined) throw new Error('session_insert answered nothing')
  return row.id
}

/** The session with the account behind it; none when the account was deactivated. */
export function sessionByTokenHash(db: Db, tokenHash: Buffer): Promise<SessionRow | undefined> {
  return db.row<SessionRow>(byTokenHash, [tokenHash])
}

/** @returns the ids of the sessions that were there. */
export async function deleteSessions(db: Db, userId: number, deviceIds: readonly string[]): Promise<number[]> {
  return (await db.rows<{ id: number }>(remove, [userId, deviceIds])).map((row) => row.id)
}
