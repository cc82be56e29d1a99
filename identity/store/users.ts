/**
 * Table `users`: `id` (internal, stands in all other tables), `matrix_id`, `is_local` (its server is this one),
 * `key_id` (data key of the person, null until one is needed), `created_ts`.
 */
import { type Db, sql } from '#platform/api.ts'

export type UserRow = { id: number; matrixId: string; isLocal: boolean; keyId: number | null; createdTs: number }

const columns = 'id, matrix_id as "matrixId", is_local as "isLocal", key_id as "keyId", created_ts as "createdTs"'
const byIds = sql('users_by_ids', `select ${columns} from users where id = any($1::int[])`)
const byMatrixIds = sql('users_by_matrix_ids', `select ${columns} from users where matrix_id = any($1::text[])`)
// Sorted, so that two callers who insert the same ids wait for one another and never for each other.
const insertMissing = sql(
  'users_insert_missing',
  `insert into users (matrix_id, is_local, created_ts)
   select matrix_id, is_local, $3 from unnest($1::text[], $2::boolean[]) as new(matrix_id, is_local) order by matrix_id
   on conflict (matrix_id) do nothing`,
)
const setKey = sql('users_set_key', 'update users set key_id = $2 where id = $1 and key_id is null')

export function usersByIds(db: Db, ids: readonly number[]): Promise<UserRow[]> {
  return db.rows<UserRow>(byIds, [ids])
}

export function usersByMatrixIds(db: Db, matrixIds: readonly string[]): Promise<UserRow[]> {
  return db.rows<UserRow>(byMatrixIds, [matrixIds])
}

export async function insertMissingUsers(
  db: Db,
  users: readonly { matrixId: string; isLocal: boolean }[],
  nowTs: number,
): Promise<void> {
  await db.run(insertMissing, [users.map((user) => user.matrixId), users.map((user) => user.isLocal), nowTs])
}

/** @returns whether the user had no key before; when somebody else was faster, the own key must not be used. */
export async function setUserKey(db: Db, userId: number, keyId: number): Promise<boolean> {
  return (await db.run(setKey, [userId, keyId])) === 1
}
