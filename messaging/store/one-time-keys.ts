/**
 * Table `one_time_key`: keys of devices, each given to one claimer, in the order of upload (`ordinal`). A claimed one stays
 * for a while with `claimed_ts`. Rows die with their device.
 */
import { type Db, sql } from '#platform/api.ts'

export type OneTimeKeyRow = { algorithm: string; keyId: string; sealed: Buffer }
export type KnownOneTimeKeyRow = OneTimeKeyRow & { isClaimed: boolean }
export type KeyWish = { userId: number; deviceId: string; algorithm: string }
export type ClaimedKeyRow = KeyWish & OneTimeKeyRow
type Device = { readonly userId: number; readonly deviceId: string }

const insert = sql(
  'one_time_key_insert',
  `insert into one_time_key (user_id, device_id, algorithm, key_id, sealed)
   select $1, $2, k.algorithm, k.key_id, k.sealed
   from unnest($3::text[], $4::text[], $5::bytea[]) with ordinality as k(algorithm, key_id, sealed, n) order by k.n
   on conflict do nothing returning algorithm, key_id as "keyId"`,
)
const known = sql(
  'one_time_key_known',
  `select o.algorithm, o.key_id as "keyId", o.sealed, o.claimed_ts is not null as "isClaimed"
   from unnest($3::text[], $4::text[]) as k(algorithm, key_id)
   join one_time_key o on o.user_id = $1 and o.device_id = $2 and o.algorithm = k.algorithm and o.key_id = k.key_id`,
)
const removeClaimed = sql(
  'one_time_key_remove_claimed',
  `delete from one_time_key o using unnest($3::text[], $4::text[]) as k(algorithm, key_id)
   where o.user_id = $1 and o.device_id = $2 and o.algorithm = k.algorithm and o.key_id = k.key_id
     and o.claimed_ts is not null`,
)
const counts = sql(
  'one_time_key_counts',
  `select o.user_id as "userId", o.device_id as "deviceId", o.algorithm, count(*)::int as count
   from unnest($1::int[], $2::text[]) as d(user_id, device_id)
   join one_time_key o on o.user_id = d.user_id and o.device_id = d.device_id
   where o.claimed_ts is null group by 1, 2, 3`,
)
// Whoever claims at the same moment passes over the row and takes the next. Materialized, because looking for the next key
// again would find another one.
const claim = sql(
  'one_time_key_claim',
  `with c as materialized (
     select w.user_id, w.device_id, w.algorithm, next.key_id
     from unnest($1::int[], $2::text[], $3::text[]) as w(user_id, device_id, algorithm)
     cross join lateral (
       select k.key_id from one_time_key k
       where k.user_id = w.user_id and k.device_id = w.device_id and k.algorithm = w.algorithm and k.claimed_ts is null
       order by k.ordinal limit 1 for update skip locked) next)
   update one_time_key o set claimed_ts = $4 from c
   where o.user_id = c.user_id and o.device_id = c.device_id and o.algorithm = c.algorithm and o.key_id = c.key_id
   returning o.user_id as "userId", o.device_id as "deviceId", o.algorithm, o.key_id as "keyId", o.sealed`,
)
const forget = sql('one_time_key_forget', 'delete from one_time_key where claimed_ts < $1')

const names = (keys: readonly { algorithm: string; keyId: string }[]) => [
  keys.map((key) => key.algorithm),
  keys.map((key) => key.keyId),
]

/** Those that were not there before. */
export const insertOneTimeKeys = (db: Db, device: Device, keys: readonly OneTimeKeyRow[]) =>
  db.rows<{ algorithm: string; keyId: string }>(insert, [
    device.userId,
    device.deviceId,
    ...names(keys),
    keys.map((key) => key.sealed),
  ])

export const knownOneTimeKeys = (db: Db, device: Device, keys: readonly { algorithm: string; keyId: string }[]) =>
  db.rows<KnownOneTimeKeyRow>(known, [device.userId, device.deviceId, ...names(keys)])

export const removeClaimedKeys = (db: Db, device: Device, keys: readonly { algorithm: string; keyId: string }[]) =>
  db.run(removeClaimed, [device.userId, device.deviceId, ...names(keys)])

/** How many are left of each algorithm, for many devices at once. */
export const oneTimeKeyCounts = (db: Db, devices: readonly Device[]) =>
  db.rows<KeyWish & { count: number }>(counts, [
    devices.map((device) => device.userId),
    devices.map((device) => device.deviceId),
  ])

/** Takes the oldest key for each wish that has one. No two wishes may be alike. */
export const claimOneTimeKeys = (db: Db, wishes: readonly KeyWish[], nowTs: number) =>
  db.rows<ClaimedKeyRow>(claim, [
    wishes.map((wish) => wish.userId),
    wishes.map((wish) => wish.deviceId),
    wishes.map((wish) => wish.algorithm),
    nowTs,
  ])

export const forgetClaimedKeysBefore = (db: Db, ts: number) => db.run(forget, [ts])
