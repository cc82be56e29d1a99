/**
 * Table `api_token`: `id`, `token_hash`, `scopes`, `sealed_name` (server key `api_token`), `created_by`, `created_ts`,
 * `expires_ts`, `last_used_ts`. Whoever made a token is read with it.
 */
import { type Db, sql } from '#platform/api.ts'

export type ApiTokenRow = {
  id: string
  scopes: readonly string[]
  sealedName: Buffer | null
  createdTs: number
  expiresTs: number
  lastUsedTs: number | null
  /** Of who made it; null where it was made at the command line. */
  maker: string | null
}

/** What a token opens depends on who made it, as long as it was a person. */
export type UsableApiToken = {
  id: string
  scopes: readonly string[]
  expiresTs: number
  lastUsedTs: number | null
  createdBy: number | null
  makerRole: string | null
  /** Whether she is neither locked nor suspended, and her account not closed. */
  makerIsActive: boolean | null
}

const insert = sql(
  'api_token_insert',
  `insert into api_token (id, token_hash, scopes, sealed_name, created_by, created_ts, expires_ts)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const byHash = sql(
  'api_token_by_hash',
  `select t.id, t.scopes, t.expires_ts as "expiresTs", t.last_used_ts as "lastUsedTs", t.created_by as "createdBy",
          a.role as "makerRole",
          coalesce(a.deactivated_ts, a.locked_ts, a.suspended_ts) is null as "makerIsActive"
   from api_token t left join account a on a.user_id = t.created_by
   where t.token_hash = $1`,
)
const used = sql('api_token_used', 'update api_token set last_used_ts = $2 where id = $1')
const page = sql(
  'api_token_page',
  `select t.id, t.scopes, t.sealed_name as "sealedName", t.created_ts as "createdTs", t.expires_ts as "expiresTs",
          t.last_used_ts as "lastUsedTs", u.matrix_id as maker
   from api_token t left join users u on u.id = t.created_by
   order by t.created_ts desc, t.id limit $1`,
)
const remove = sql('api_token_delete', 'delete from api_token where id = $1')
const removeOf = sql('api_token_delete_of_user', 'delete from api_token where created_by = $1')
const removeOld = sql('api_token_delete_old', 'delete from api_token where expires_ts < $1')

export async function insertApiToken(
  db: Db,
  row: Omit<ApiTokenRow, 'lastUsedTs' | 'maker'> & { tokenHash: Buffer; createdBy: number | null },
): Promise<void> {
  const { id, tokenHash, scopes, sealedName, createdBy, createdTs, expiresTs } = row
  await db.run(insert, [id, tokenHash, scopes, sealedName, createdBy, createdTs, expiresTs])
}

export function apiTokenByHash(db: Db, tokenHash: Buffer): Promise<UsableApiToken | undefined> {
  return db.row<UsableApiToken>(byHash, [tokenHash])
}

export async function setApiTokenUsed(db: Db, id: string, ts: number): Promise<void> {
  await db.run(used, [id, ts])
}

/** The newest first. */
export function apiTokens(db: Db, limit: number): Promise<ApiTokenRow[]> {
  return db.rows<ApiTokenRow>(page, [limit])
}

export async function deleteApiToken(db: Db, id: string): Promise<boolean> {
  return (await db.run(remove, [id])) === 1
}

export async function deleteApiTokensOf(db: Db, userId: number): Promise<void> {
  await db.run(removeOf, [userId])
}

export function deleteApiTokensBefore(db: Db, ts: number): Promise<number> {
  return db.run(removeOld, [ts])
}
