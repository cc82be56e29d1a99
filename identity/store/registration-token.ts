/**
 * Table `registration_token`: `id`, `token_hash`, `sealed_token` (server key `registration`), `uses`, `uses_max`,
 * `created_ts`, `expires_ts`.
 */
import { type Db, sql } from '#platform/api.ts'

export type RegistrationTokenRow = {
  id: string
  sealedToken: Buffer
  uses: number
  usesMax: number | null
  createdTs: number
  expiresTs: number | null
}

const columns = `id, sealed_token as "sealedToken", uses, uses_max as "usesMax", created_ts as "createdTs",
  expires_ts as "expiresTs"`
const isOpen = '(uses_max is null or uses < uses_max) and (expires_ts is null or expires_ts > $2)'
const insert = sql(
  'registration_token_insert',
  `insert into registration_token (id, token_hash, sealed_token, uses_max, created_ts, expires_ts)
   values ($1, $2, $3, $4, $5, $6) on conflict (token_hash) do nothing`,
)
const open = sql('registration_token_open', `select id from registration_token where token_hash = $1 and ${isOpen}`)
const use = sql('registration_token_use', `update registration_token set uses = uses + 1 where id = $1 and ${isOpen}`)
const all = sql(
  'registration_token_all',
  `select ${columns} from registration_token order by created_ts desc, id limit $1`,
)
const remove = sql('registration_token_delete', 'delete from registration_token where id = $1')

/** @returns false when there is such a token already. */
export async function insertRegistrationToken(
  db: Db,
  row: Omit<RegistrationTokenRow, 'uses'> & { tokenHash: Buffer },
): Promise<boolean> {
  const values = [row.id, row.tokenHash, row.sealedToken, row.usesMax, row.createdTs, row.expiresTs]
  return (await db.run(insert, values)) === 1
}

/** The id of a token that makes accounts. */
export async function openRegistrationToken(db: Db, tokenHash: Buffer, nowTs: number): Promise<string | undefined> {
  return (await db.row<{ id: string }>(open, [tokenHash, nowTs]))?.id
}

/** Uses it once. @returns whether it could be used. */
export async function spendRegistrationToken(db: Db, id: string, nowTs: number): Promise<boolean> {
  return (await db.run(use, [id, nowTs])) === 1
}

export function registrationTokens(db: Db, limit: number): Promise<RegistrationTokenRow[]> {
  return db.rows<RegistrationTokenRow>(all, [limit])
}

export async function deleteRegistrationToken(db: Db, id: string): Promise<boolean> {
  return (await db.run(remove, [id])) === 1
}
