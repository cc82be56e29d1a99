/**
 * Table `key_backup`: the versions of people's backups of room keys: algorithm, `etag` and `count` of its keys, and sealed
 * auth_data. The newest that is not deleted is the current one.
 */
import { type Db, sql } from '#platform/api.ts'

export type KeyBackupRow = { version: number; algorithm: string; etag: number; count: number; sealed: Buffer }

const columns = 'version, algorithm, etag, count, sealed'
/** The row of the person stands for all her backups: there may be none to lock yet. */
const lockOwner = sql('key_backup_lock_owner', 'select 1 from users where id = $1 for no key update')
const newest = sql(
  'key_backup_newest',
  'select coalesce(max(version), 0) as version from key_backup where user_id = $1',
)
const insert = sql(
  'key_backup_insert',
  'insert into key_backup (user_id, version, algorithm, sealed) values ($1, $2, $3, $4)',
)
const current = sql(
  'key_backup_current',
  `select ${columns} from key_backup where user_id = $1 and not deleted order by version desc limit 1`,
)
const one = sql(
  'key_backup_one',
  `select ${columns} from key_backup where user_id = $1 and version = $2 and not deleted`,
)
const lock = sql(
  'key_backup_lock',
  `select ${columns} from key_backup where user_id = $1 and version = $2 and not deleted for update`,
)
const setSealed = sql(
  'key_backup_set_sealed',
  'update key_backup set sealed = $3 where user_id = $1 and version = $2 and not deleted',
)
const setCount = sql(
  'key_backup_set_count',
  'update key_backup set etag = $3, count = $4 where user_id = $1 and version = $2',
)
const markDeleted = sql(
  'key_backup_delete',
  'update key_backup set deleted = true, count = 0 where user_id = $1 and version = $2',
)

/** New versions of one person come one after another. Answers the newest number, 0 before the first. */
export async function lockKeyBackups(db: Db, userId: number): Promise<number> {
  await db.rows(lockOwner, [userId])
  return (await db.row<{ version: number }>(newest, [userId]))?.version ?? 0
}

export const insertKeyBackup = (db: Db, userId: number, row: { version: number; algorithm: string; sealed: Buffer }) =>
  db.run(insert, [userId, row.version, row.algorithm, row.sealed])

export const currentKeyBackup = (db: Db, userId: number) => db.row<KeyBackupRow>(current, [userId])

export const keyBackupRow = (db: Db, userId: number, version: number) => db.row<KeyBackupRow>(one, [userId, version])

/** The same, kept from others until the transaction ends. */
export const lockKeyBackup = (db: Db, userId: number, version: number) => db.row<KeyBackupRow>(lock, [userId, version])

export const setKeyBackupSealed = (db: Db, userId: number, version: number, sealed: Buffer) =>
  db.run(setSealed, [userId, version, sealed])

export const setKeyBackupCount = (db: Db, userId: number, backup: { version: number; etag: number; count: number }) =>
  db.run(setCount, [userId, backup.version, backup.etag, backup.count])

/** False when there never was such a version; one that was deleted before is deleted. */
export const deleteKeyBackup = async (db: Db, userId: number, version: number): Promise<boolean> =>
  (await db.run(markDeleted, [userId, version])) === 1
