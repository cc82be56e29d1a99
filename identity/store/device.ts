/**
 * Table `device`: `user_id`, `device_id`, `sealed_name` (purpose `device.name`), `created_ts`, `last_seen_ts` (about),
 * `sealed_last_seen_ip` (purpose `device.address`). Both are sealed under the person's key with the subject that
 * `deviceSubject` gives.
 */
import { type Db, sql } from '#platform/api.ts'

export type DeviceRow = {
  userId: number
  deviceId: string
  sealedName: Buffer | null
  lastSeenTs: number | null
  sealedLastSeenIp: Buffer | null
}

const columns = `user_id as "userId", device_id as "deviceId", sealed_name as "sealedName", last_seen_ts as "lastSeenTs",
  sealed_last_seen_ip as "sealedLastSeenIp"`
// An existing row is touched without change: that locks it, so that sign-ins on one device happen one after another.
const upsert = sql(
  'device_upsert',
  `insert into device (user_id, device_id, sealed_name, created_ts) values ($1, $2, $3, $4)
   on conflict (user_id, device_id) do update set created_ts = device.created_ts`,
)
const insert = sql(
  'device_insert',
  `insert into device (user_id, device_id, sealed_name, created_ts) values ($1, $2, $3, $4) on conflict do nothing`,
)
const ofUser = sql('device_of_user', `select ${columns} from device where user_id = $1 order by created_ts, device_id`)
const one = sql('device_one', `select ${columns} from device where user_id = $1 and device_id = $2`)
const count = sql('device_count', 'select count(*)::int as devices from device where user_id = $1')
const rename = sql('device_rename', 'update device set sealed_name = $3 where user_id = $1 and device_id = $2')
const namesOf = sql(
  'device_names_of',
  'select user_id as "userId", device_id as "deviceId", sealed_name as "sealedName" from device where user_id = any($1::int[])',
)
// Taken in the order of their ids, as everybody does who holds several at once.
const remove = sql(
  'device_delete',
  `with gone as (
     select device_id from device where user_id = $1 and device_id = any($2::text[]) order by device_id for update)
   delete from device d using gone where d.user_id = $1 and d.device_id = gone.device_id
   returning d.device_id as "deviceId"`,
)
const seen = sql(
  'device_seen',
  `update device d set last_seen_ts = n.seen_ts, sealed_last_seen_ip = n.sealed_ip
   from unnest($1::int[], $2::text[], $3::bigint[], $4::bytea[]) as n(user_id, device_id, seen_ts, sealed_ip)
   where d.user_id = n.user_id and d.device_id = n.device_id`,
)

/** What the sealed columns are bound to. */
export function deviceSubject(userId: number, deviceId: string): string {
  return `${userId}/${deviceId}`
}

/** Makes the device; one that is there keeps its name. The row is locked until the transaction ends. */
export async function upsertDevice(
  db: Db,
  device: { userId: number; deviceId: string; sealedName: Buffer | null; nowTs: number },
): Promise<void> {
  await db.run(upsert, [device.userId, device.deviceId, device.sealedName, device.nowTs])
}

/** False when there is such a device already. */
export async function insertDevice(
  db: Db,
  device: { userId: number; deviceId: string; sealedName: Buffer | null; nowTs: number },
): Promise<boolean> {
  return (await db.run(insert, [device.userId, device.deviceId, device.sealedName, device.nowTs])) === 1
}

export function devicesOfUser(db: Db, userId: number): Promise<DeviceRow[]> {
  return db.rows<DeviceRow>(ofUser, [userId])
}

export function deviceRow(db: Db, userId: number, deviceId: string): Promise<DeviceRow | undefined> {
  return db.row<DeviceRow>(one, [userId, deviceId])
}

export function deviceNameRows(db: Db, userIds: readonly number[]) {
  return db.rows<Pick<DeviceRow, 'userId' | 'deviceId' | 'sealedName'>>(namesOf, [userIds])
}

export async function countDevices(db: Db, userId: number): Promise<number> {
  return (await db.row<{ devices: number }>(count, [userId]))?.devices ?? 0
}

/** @returns whether there is such a device. */
export async function renameDevice(db: Db, userId: number, deviceId: string, sealed: Buffer | null): Promise<boolean> {
  return (await db.run(rename, [userId, deviceId, sealed])) === 1
}

/** @returns the ids of those that were there. */
export async function deleteDevices(db: Db, userId: number, deviceIds: readonly string[]): Promise<string[]> {
  return (await db.rows<{ deviceId: string }>(remove, [userId, deviceIds])).map((row) => row.deviceId)
}

export async function writeLastSeen(
  db: Db,
  seenDevices: readonly { userId: number; deviceId: string; seenTs: number; sealedIp: Buffer }[],
): Promise<void> {
  await db.run(seen, [
    seenDevices.map((device) => device.userId),
    seenDevices.map((device) => device.deviceId),
    seenDevices.map((device) => device.seenTs),
    seenDevices.map((device) => device.sealedIp),
  ])
}
