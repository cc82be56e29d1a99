/**
 * Table `login_token`: `token_hash`, `user_id`, `expires_ts`. A token signs in once; taking it deletes it.
 */
import { type Db, sql } from '#platform/api.ts'

const insert = sql(
  'login_token_insert',
  'insert into login_token (token_hash, user_id, expires_ts) values ($1, $2, $3)',
)
const take = sql(
  'login_token_take',
  'delete from login_token where token_hash = $1 returning user_id as "userId", expires_ts as "expiresTs"',
)
const removeOf = sql('login_token_delete_of_user', 'delete from login_token where user_id = $1')
const removeOld = sql('login_token_delete_old', 'delete from login_token where expires_ts < $1')

export async function insertLoginToken(
  db: Db,
  token: { hash: Buffer; userId: number; expiresTs: number },
): Promise<void> {
  await db.run(insert, [token.hash, token.userId, token.expiresTs])
}

/** Of two who use it at once only one gets it. */
export function takeLoginToken(db: Db, hash: Buffer): Promise<{ userId: number; expiresTs: number } | undefined> {
  return db.row(take, [hash])
}

export async function deleteLoginTokensOf(db: Db, userId: number): Promise<void> {
  await db.run(removeOf, [userId])
}

export function deleteLoginTokensBefore(db: Db, ts: number): Promise<number> {
  return db.run(removeOld, [ts])
}
