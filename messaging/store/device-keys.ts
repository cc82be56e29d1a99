/** Table `device_keys`: the identity keys of devices, sealed under the person's key. Rows die with their device. */
import { type Db, sql } from '#platform/api.ts'

export type DeviceKeysRow = { userId: number; deviceId: string; sealed: Buffer }

const insert = sql(
  'device_keys_insert',
  'insert into device_keys (user_id, device_id, sealed) values ($1, $2, $3) on conflict do nothing',
)
const update = sql('device_keys_update', 'update device_keys set sealed = $3 where user_id = $1 and device_id = $2')
const ofDevicesForUpdate = sql(
  'device_keys_of_devices_for_update',
  `select user_id as "userId", device_id as "deviceId", sealed from device_keys
   where user_id = $1 and device_id = any($2::text[]) order by device_id for update`,
)
const ofUsers = sql(
  'device_keys_of_users',
  'select user_id as "userId", device_id as "deviceId", sealed from device_keys where user_id = any($1::int[])',
)

/** False when the device has keys already. */
export const insertDeviceKeys = async (db: Db, row: DeviceKeysRow): Promise<boolean> =>
  (await db.run(insert, [row.userId, row.deviceId, row.sealed])) === 1

export const updateDeviceKeys = (db: Db, row: DeviceKeysRow) => db.run(update, [row.userId, row.deviceId, row.sealed])

/** Locks the rows until the transaction ends. */
export const deviceKeysForUpdate = (db: Db, userId: number, deviceIds: readonly string[]) =>
  db.rows<DeviceKeysRow>(ofDevicesForUpdate, [userId, deviceIds])

export const deviceKeysOfUsers = (db: Db, userIds: readonly number[]) => db.rows<DeviceKeysRow>(ofUsers, [userIds])
