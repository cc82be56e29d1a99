/**
 * Tables `pusher` (where devices want to be told) and `push_waiting` (what is still to be sent to each). A pusher is worked on by
 * one server at a time, for as long as its lease.
 */
import { type Db, sql } from '#platform/api.ts'

export type PusherRow = {
  id: number
  userId: number
  matrixId: string
  addressHash: Buffer
  sealed: Buffer
  setTs: number
  badge: number | null
  attempts: number
}
export type ListenerRow = { pusherId: number; roomId: number; userId: number; matrixId: string; membership: number }
export type WaitingRow = { position: number; eventId: number | null; queuedTs: number }
export type WaitingInsert = { pusherId: number; position: number; eventId: number | null }

const columns = `p.id, p.user_id as "userId", u.matrix_id as "matrixId", p.address_hash as "addressHash", p.sealed,
  p.set_ts as "setTs", p.badge, p.attempts`

const put = sql(
  'pusher_put',
  `insert into pusher (user_id, device_id, address_hash, sealed, set_ts) values ($1, $2, $3, $4, $5)
   on conflict (user_id, address_hash) do update
   set device_id = excluded.device_id, sealed = excluded.sealed, set_ts = excluded.set_ts, attempts = 0, retry_ts = 0`,
)
const ofUser = sql(
  'pusher_of_user',
  `select ${columns} from pusher p join users u on u.id = p.user_id where p.user_id = $1 order by p.id`,
)
const removeOwn = sql('pusher_remove_own', 'delete from pusher where user_id = $1 and address_hash = $2')
const removeOthers = sql('pusher_remove_others', 'delete from pusher where address_hash = $2 and user_id <> $1')
const removeById = sql('pusher_remove', 'delete from pusher where id = $1')
const count = sql('pusher_count_of_user', 'select count(*) as count from pusher where user_id = $1')
const any = sql('pusher_any', 'select 1 as found from pusher limit 1')
const listeners = sql(
  'pusher_listeners',
  `select p.id as "pusherId", s.room_id as "roomId", p.user_id as "userId", u.matrix_id as "matrixId", s.membership
   from pusher p join users u on u.id = p.user_id
   join account a on a.user_id = p.user_id and a.locked_ts is null
   join room_state s on s.user_id = p.user_id and s.room_id = any($1::int[]) and s.to_position is null
   where s.membership in (1, 2)`,
)
const ofUsers = sql('pusher_of_users', 'select id, user_id as "userId" from pusher where user_id = any($1::int[])')
const wait = sql(
  'push_wait',
  `insert into push_waiting (pusher_id, position, event_id, queued_ts)
   select w.pusher_id, w.position, w.event_id, $4 from unnest($1::bigint[], $2::bigint[], $3::bigint[])
     as w(pusher_id, position, event_id)
   join pusher p on p.id = w.pusher_id on conflict do nothing`,
)
/**
 * Those to whom something is to be sent now and whom nobody sends to, taken for a while: who waits longest first. Who is locked
 * is told nothing, and people who have enough under way wait.
 */
const lease = sql(
  'pusher_lease',
  `update pusher p set leased_until_ts = $2 from users u
   where u.id = p.user_id and p.id in (
     select c.id from pusher c join account a on a.user_id = c.user_id and a.locked_ts is null
     where c.leased_until_ts <= $1 and c.retry_ts <= $1 and c.user_id <> all($4::int[])
       and exists (select 1 from push_waiting w where w.pusher_id = c.id)
     order by c.retry_ts, c.id limit $3 for update of c skip locked)
   returning ${columns}`,
)
const renew = sql('pusher_renew', 'update pusher set leased_until_ts = $2 where id = $1')
const waiting = sql(
  'push_waiting_of',
  `select position, event_id as "eventId", queued_ts as "queuedTs" from push_waiting
   where pusher_id = $1 order by position limit $2`,
)
const sent = sql(
  'push_sent',
  `with gone as (delete from push_waiting where pusher_id = $1 and position = any($2::bigint[]))
   update pusher set badge = $3, attempts = 0 where id = $1`,
)
const release = sql('pusher_release', 'update pusher set leased_until_ts = 0, retry_ts = $2 where id = $1')
const postpone = sql(
  'pusher_postpone',
  'update pusher set leased_until_ts = 0, attempts = attempts + 1, retry_ts = $2 where id = $1',
)
const nextRetry = sql(
  'pusher_next_retry',
  `select min(greatest(p.retry_ts, p.leased_until_ts)) as ts from pusher p
   join account a on a.user_id = p.user_id and a.locked_ts is null
   where p.user_id <> all($1::int[]) and exists (select 1 from push_waiting w where w.pusher_id = p.id)`,
)

export const putPusher = (
  db: Db,
  pusher: { userId: number; deviceId: string; addressHash: Buffer; sealed: Buffer; setTs: number },
) => db.run(put, [pusher.userId, pusher.deviceId, pusher.addressHash, pusher.sealed, pusher.setTs])

export const pusherRows = (db: Db, userId: number) => db.rows<PusherRow>(ofUser, [userId])
export const removePusher = (db: Db, id: number) => db.run(removeById, [id])
export const removeOwnPusher = (db: Db, userId: number, addressHash: Buffer) => db.run(removeOwn, [userId, addressHash])
/** Those of other people for the same app on the same device. */
export const removePushersOfOthers = (db: Db, userId: number, addressHash: Buffer) =>
  db.run(removeOthers, [userId, addressHash])

export async function countPushers(db: Db, userId: number): Promise<number> {
  return (await db.row<{ count: number }>(count, [userId]))?.count ?? 0
}

export async function anyPusher(db: Db): Promise<boolean> {
  return (await db.row(any)) !== undefined
}

/** Pushers of those who are in the rooms or invited to them. */
export const listenersIn = (db: Db, roomIds: readonly number[]) => db.rows<ListenerRow>(listeners, [roomIds])

export const pushersOf = (db: Db, userIds: readonly number[]) =>
  db.rows<{ id: number; userId: number }>(ofUsers, [userIds])

export const putWaiting = (db: Db, rows: readonly WaitingInsert[], nowTs: number) =>
  db.run(wait, [
    rows.map((row) => row.pusherId),
    rows.map((row) => row.position),
    rows.map((row) => row.eventId),
    nowTs,
  ])

/** `without` are people whose pushers are passed over. */
export const leasePushers = (
  db: Db,
  how: { nowTs: number; untilTs: number; limit: number; without: readonly number[] },
) => db.rows<PusherRow>(lease, [how.nowTs, how.untilTs, how.limit, how.without])

export const renewLease = (db: Db, id: number, untilTs: number) => db.run(renew, [id, untilTs])
export const waitingFor = (db: Db, id: number, limit: number) => db.rows<WaitingRow>(waiting, [id, limit])
/** What was sent, or need not be sent any more, is forgotten. */
export const forgetWaiting = (db: Db, id: number, positions: readonly number[], badge: number | null) =>
  db.run(sent, [id, positions, badge])
/** It was served at `servedTs`: those that were not since then come before it. */
export const releasePusher = (db: Db, id: number, servedTs: number) => db.run(release, [id, servedTs])
export const postponePusher = (db: Db, id: number, retryTs: number) => db.run(postpone, [id, retryTs])

/** When something can be sent next; undefined while nothing waits. */
export async function nextSendTs(db: Db, without: readonly number[]): Promise<number | undefined> {
  return (await db.row<{ ts: number | null }>(nextRetry, [without]))?.ts ?? undefined
}
