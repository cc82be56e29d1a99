/**
 * Table `account`: `user_id`, `role`, `password_hash` (PHC string or null), `created_ts`, `locked_ts`,
 * `suspended_ts`, `deactivated_ts`, `departed_ts` (each null while it is not so), `is_erased`.
 */
import { type Db, sql, type Tx } from '#platform/api.ts'

export type AccountRow = {
  userId: number
  matrixId: string
  role: string
  passwordHash: string | null
  createdTs: number
  lockedTs: number | null
  suspendedTs: number | null
  deactivatedTs: number | null
}

export type DepartingPerson = { userId: number; matrixId: string; isErased: boolean }

export type PersonRow = Omit<AccountRow, 'passwordHash'> & { lastSeenTs: number | null }

const columns = `a.user_id as "userId", u.matrix_id as "matrixId", a.role, a.created_ts as "createdTs",
  a.locked_ts as "lockedTs", a.suspended_ts as "suspendedTs", a.deactivated_ts as "deactivatedTs"`
const from = 'from account a join users u on u.id = a.user_id'

const insert = sql(
  'account_insert',
  `insert into account (user_id, role, password_hash, created_ts) values ($1, $2, $3, $4)
   on conflict (user_id) do nothing`,
)
const byMatrixId = sql(
  'account_by_matrix_id',
  `select ${columns}, a.password_hash as "passwordHash" ${from} where u.matrix_id = $1`,
)
const byUserId = sql(
  'account_by_user_id',
  `select ${columns}, a.password_hash as "passwordHash" ${from} where a.user_id = $1`,
)
const setPassword = sql(
  'account_set_password',
  `update account set password_hash = $2 where user_id = $1 and deactivated_ts is null`,
)
const rehash = sql('account_rehash', 'update account set password_hash = $3 where user_id = $1 and password_hash = $2')
const withPassword = sql(
  'account_with_password',
  `select 1 as found from account
   where user_id = $1 and password_hash is not distinct from $2 and deactivated_ts is null for share`,
)
const setLocked = sql(
  'account_set_locked',
  `update account set locked_ts = case when $2 then coalesce(locked_ts, $3) end
   where user_id = $1 and deactivated_ts is null`,
)
const setSuspended = sql(
  'account_set_suspended',
  `update account set suspended_ts = case when $2 then coalesce(suspended_ts, $3) end
   where user_id = $1 and deactivated_ts is null`,
)
const deactivate = sql(
  'account_deactivate',
  `update account set deactivated_ts = $2, password_hash = null, is_erased = $3
   where user_id = $1 and deactivated_ts is null`,
)
const departing = sql(
  'account_departing',
  `select a.user_id as "userId", u.matrix_id as "matrixId", a.is_erased as "isErased"
   from account a join users u on u.id = a.user_id
   where a.deactivated_ts is not null and a.departed_ts is null order by a.user_id limit $1`,
)
const departed = sql('account_departed', 'update account set departed_ts = $2 where user_id = $1')
const owners = sql(
  'account_owners',
  `select user_id as "userId" from account where role = 'owner' and deactivated_ts is null
   order by user_id limit 2 for update`,
)
const any = sql('account_any', 'select 1 from account limit 1')
const page = sql(
  'account_page',
  `select ${columns},
          (select max(d.last_seen_ts) from device d where d.user_id = a.user_id) as "lastSeenTs"
   ${from} where a.user_id > $1 order by a.user_id limit $2`,
)

const activeAmong = sql(
  'account_active_among',
  'select user_id as "userId" from account where user_id = any($1::int[]) and deactivated_ts is null',
)
const guestsAmong = sql(
  'account_guests_among',
  `select user_id as "userId" from account where user_id = any($1::int[]) and role = 'guest'`,
)
const activePage = sql(
  'account_active_page',
  `select user_id as "userId" from account where user_id > $1 and deactivated_ts is null order by user_id limit $2`,
)

/** @returns whether it was made; false when the user has an account already. */
export async function insertAccount(
  db: Db,
  account: { userId: number; role: string; passwordHash: string | null; nowTs: number },
): Promise<boolean> {
  return (await db.run(insert, [account.userId, account.role, account.passwordHash, account.nowTs])) === 1
}

export function accountByMatrixId(db: Db, matrixId: string): Promise<AccountRow | undefined> {
  return db.row<AccountRow>(byMatrixId, [matrixId])
}

export function accountByUserId(db: Db, userId: number): Promise<AccountRow | undefined> {
  return db.row<AccountRow>(byUserId, [userId])
}

export async function setPasswordHash(db: Db, userId: number, passwordHash: string): Promise<boolean> {
  return (await db.run(setPassword, [userId, passwordHash])) === 1
}

/** The same password, hashed anew. @returns false when it was changed meanwhile: then nothing happens. */
export async function replacePasswordHash(
  db: Db,
  userId: number,
  before: string,
  passwordHash: string,
): Promise<boolean> {
  return (await db.run(rehash, [userId, before, passwordHash])) === 1
}

/** Whether the account lives and still has this password; it keeps it until the transaction ends. */
export async function holdPassword(tx: Tx, userId: number, passwordHash: string | null): Promise<boolean> {
  return (await tx.row(withPassword, [userId, passwordHash])) !== undefined
}

/** @returns whether there is such an account that lives. */
export async function setAccountLocked(db: Db, userId: number, locked: boolean, nowTs: number): Promise<boolean> {
  return (await db.run(setLocked, [userId, locked, nowTs])) === 1
}

export async function setAccountSuspended(db: Db, userId: number, suspended: boolean, nowTs: number): Promise<boolean> {
  return (await db.run(setSuspended, [userId, suspended, nowTs])) === 1
}

/** @returns whether it was alive before. */
export async function deactivateAccount(db: Db, userId: number, nowTs: number, erase: boolean): Promise<boolean> {
  return (await db.run(deactivate, [userId, nowTs, erase])) === 1
}

/** Closed accounts whose traces are not cleared yet. */
export function departingAccounts(db: Db, limit: number): Promise<DepartingPerson[]> {
  return db.rows<DepartingPerson>(departing, [limit])
}

export async function setDeparted(db: Db, userId: number, nowTs: number): Promise<void> {
  await db.run(departed, [userId, nowTs])
}

/** At most two of the living owners: enough to know whether there is none, one or more. */
export async function someOwners(db: Db): Promise<number[]> {
  return (await db.rows<{ userId: number }>(owners)).map((row) => row.userId)
}

export async function anyAccount(db: Db): Promise<boolean> {
  return (await db.row(any)) !== undefined
}

/** Accounts with a user id above `afterUserId`, by user id. */
export function accountPage(db: Db, afterUserId: number, limit: number): Promise<PersonRow[]> {
  return db.rows<PersonRow>(page, [afterUserId, limit])
}

export async function activeAccountIds(db: Db, userIds: readonly number[]): Promise<Set<number>> {
  const rows = await db.rows<{ userId: number }>(activeAmong, [userIds])
  return new Set(rows.map((row) => row.userId))
}

export async function guestAccountIds(db: Db, userIds: readonly number[]): Promise<Set<number>> {
  const rows = await db.rows<{ userId: number }>(guestsAmong, [userIds])
  return new Set(rows.map((row) => row.userId))
}

/** Living accounts with a user id above `afterUserId`, by user id. */
export async function activeAccountPage(db: Db, afterUserId: number, limit: number): Promise<number[]> {
  return (await db.rows<{ userId: number }>(activePage, [afterUserId, limit])).map((row) => row.userId)
}
