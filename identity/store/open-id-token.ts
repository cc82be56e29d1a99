/** Table `open_id_token`: `token_hash`, `user_id`, `expires_ts`. */
import { type Db, sql } from '#platform/api.ts'

const insert = sql(
  'open_id_token_insert',
  'insert into open_id_token (token_hash, user_id, expires_ts) values ($1, $2, $3)',
)
const find = sql(
  'open_id_token_find',
  `select u.matrix_id as "matrixId" from open_id_token t
   join users u on u.id = t.user_id join account a on a.user_id = t.user_id
   where t.token_hash = $1 and t.expires_ts > $2 and a.deactivated_ts is null and a.locked_ts is null`,
)
const removeOf = sql('open_id_token_delete_of_user', 'delete from open_id_token where user_id = $1')
const removeOld = sql('open_id_token_delete_old', 'delete from open_id_token where expires_ts < $1')

export async function insertOpenIdToken(
  db: Db,
  row: { hash: Buffer; userId: number; expiresTs: number },
): Promise<void> {
  await db.run(insert, [row.hash, row.userId, row.expiresTs])
}

/** Whose it is, as Matrix id. */
export async function findOpenIdToken(db: Db, hash: Buffer, nowTs: number): Promise<string | undefined> {
  return (await db.row<{ matrixId: string }>(find, [hash, nowTs]))?.matrixId
}

export async function deleteOpenIdTokensOf(db: Db, userId: number): Promise<void> {
  await db.run(removeOf, [userId])
}

export function deleteOpenIdTokensBefore(db: Db, ts: number): Promise<number> {
  return db.run(removeOld, [ts])
}
