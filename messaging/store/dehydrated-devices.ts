/** Table `dehydrated_device`: the one device of a person that nobody is signed in on, with its sealed private half. */
import { type Db, sql } from '#platform/api.ts'

export type DehydratedDeviceRow = { userId: number; deviceId: string; sealed: Buffer }

/** The row of the person stands for her device: there may be none to lock yet. */
const lockOwner = sql('dehydrated_device_lock_owner', 'select 1 from users where id = $1 for no key update')
const insert = sql(
  'dehydrated_device_insert',
  'insert into dehydrated_device (user_id, device_id, sealed) values ($1, $2, $3)',
)
const ofUser = sql(
  'dehydrated_device_of_user',
  'select user_id as "userId", device_id as "deviceId", sealed from dehydrated_device where user_id = $1',
)

/** Replacements of one person's device happen one after another. */
export const lockDehydratedDevice = (db: Db, userId: number) => db.rows(lockOwner, [userId])

export const insertDehydratedDevice = (db: Db, row: DehydratedDeviceRow) =>
  db.run(insert, [row.userId, row.deviceId, row.sealed])

export const dehydratedDeviceRow = (db: Db, userId: number) => db.row<DehydratedDeviceRow>(ofUser, [userId])
