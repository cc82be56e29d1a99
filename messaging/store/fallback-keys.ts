/** Table `fallback_key`: one key an algorithm and device, given when no one-time key is left. Rows die with their device. */
import { type Db, sql } from '#platform/api.ts'
import type { ClaimedKeyRow, KeyWish, OneTimeKeyRow } from './one-time-keys.ts'

type Device = { readonly userId: number; readonly deviceId: string }

const put = sql(
  'fallback_key_put',
  `insert into fallback_key (user_id, device_id, algorithm, key_id, sealed)
   select $1, $2, k.algorithm, k.key_id, k.sealed
   from unnest($3::text[], $4::text[], $5::bytea[]) as k(algorithm, key_id, sealed)
   on conflict (user_id, device_id, algorithm) do update
   set key_id = excluded.key_id, sealed = excluded.sealed, is_used = false`,
)
const ofDevice = sql(
  'fallback_key_of_device',
  'select algorithm, key_id as "keyId", sealed from fallback_key where user_id = $1 and device_id = $2 for update',
)
const unused = sql(
  'fallback_key_unused',
  `select f.user_id as "userId", f.device_id as "deviceId", f.algorithm
   from unnest($1::int[], $2::text[]) as d(user_id, device_id)
   join fallback_key f on f.user_id = d.user_id and f.device_id = d.device_id where not f.is_used`,
)
const claim = sql(
  'fallback_key_claim',
  `with found as (
     select f.* from unnest($1::int[], $2::text[], $3::text[]) as w(user_id, device_id, algorithm)
     join fallback_key f using (user_id, device_id, algorithm)),
   mark as (
     update fallback_key f set is_used = true from found
     where not found.is_used and f.user_id = found.user_id and f.device_id = found.device_id
       and f.algorithm = found.algorithm and f.key_id = found.key_id)
   select user_id as "userId", device_id as "deviceId", algorithm, key_id as "keyId", sealed from found`,
)

/** Replaces those of the same algorithms; what is new counts as unused. */
export const putFallbackKeys = (db: Db, device: Device, keys: readonly OneTimeKeyRow[]) =>
  db.run(put, [
    device.userId,
    device.deviceId,
    keys.map((key) => key.algorithm),
    keys.map((key) => key.keyId),
    keys.map((key) => key.sealed),
  ])

export const fallbackKeysForUpdate = (db: Db, device: Device) =>
  db.rows<OneTimeKeyRow>(ofDevice, [device.userId, device.deviceId])

/** Algorithms whose key was given to nobody yet, for many devices at once. */
export const unusedFallbackKeys = (db: Db, devices: readonly Device[]) =>
  db.rows<KeyWish>(unused, [devices.map((device) => device.userId), devices.map((device) => device.deviceId)])

/** Gives the key for each wish that has one, and marks it as used. */
export const claimFallbackKeys = (db: Db, wishes: readonly KeyWish[]) =>
  db.rows<ClaimedKeyRow>(claim, [
    wishes.map((wish) => wish.userId),
    wishes.map((wish) => wish.deviceId),
    wishes.map((wish) => wish.algorithm),
  ])
