/** Table `cross_signing_key`: the three keys by which a person vouches, one row a usage, sealed under her key. */
import { type Db, sql } from '#platform/api.ts'

export type CrossSigningRow = { userId: number; usage: string; publicKey: string; sealed: Buffer }

const columns = 'user_id as "userId", usage, public_key as "publicKey", sealed'
const put = sql(
  'cross_signing_put',
  `insert into cross_signing_key (user_id, usage, public_key, sealed)
   select $1, k.usage, k.public_key, k.sealed from unnest($2::text[], $3::text[], $4::bytea[]) as k(usage, public_key, sealed)
   on conflict (user_id, usage) do update set public_key = excluded.public_key, sealed = excluded.sealed`,
)
const remove = sql(
  'cross_signing_remove',
  'delete from cross_signing_key where user_id = $1 and usage = any($2::text[])',
)
const ofUsers = sql('cross_signing_of_users', `select ${columns} from cross_signing_key where user_id = any($1::int[])`)
/** The row of the person stands for all three keys: there may be none to lock yet. */
const lockOwner = sql('cross_signing_lock_owner', 'select 1 from users where id = $1 for no key update')

export const putCrossSigningKeys = (db: Db, userId: number, rows: readonly Omit<CrossSigningRow, 'userId'>[]) =>
  db.run(put, [userId, rows.map((row) => row.usage), rows.map((row) => row.publicKey), rows.map((row) => row.sealed)])

export const removeCrossSigningKeys = (db: Db, userId: number, usages: readonly string[]) =>
  db.run(remove, [userId, usages])

export const crossSigningRows = (db: Db, userIds: readonly number[]) => db.rows<CrossSigningRow>(ofUsers, [userIds])

/** Changes to the keys of one person happen one after another. */
export const lockCrossSigning = (db: Db, userId: number) => db.rows(lockOwner, [userId])
