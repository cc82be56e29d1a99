/** Table `thread_subscription`: which threads a person wants to be told of, and when that changed. */
import { type Db, sql, type Tx } from '#platform/api.ts'

export type SubscriptionState = {
  readonly isSubscribed: boolean
  readonly isAutomatic: boolean
  /** Place in the room's timeline at which she ended it last. */
  readonly endedAt: number | null
}
export type SubscriptionRow = {
  readonly roomId: number
  readonly root: string
  readonly isSubscribed: boolean
  readonly isAutomatic: boolean
  readonly position: number
}
type Key = { readonly userId: number; readonly roomId: number; readonly root: string }

const columns = `is_subscribed as "isSubscribed", is_automatic as "isAutomatic"`
/** Two devices of a person may change the same at the same moment. The first number is this lock's own. */
const lock = sql('thread_subscription_lock', 'select pg_advisory_xact_lock(4801374, $1::int)')
const one = sql(
  'thread_subscription_one',
  `select ${columns}, ended_at as "endedAt" from thread_subscription where user_id = $1 and room_id = $2 and root = $3`,
)
const count = sql('thread_subscription_count', 'select count(*) as count from thread_subscription where user_id = $1')
const put = sql(
  'thread_subscription_put',
  `insert into thread_subscription (user_id, room_id, root, is_subscribed, is_automatic, ended_at, position)
   values ($1, $2, $3, $4, $5, case when not $4 then (select ordering from room_head where room_id = $2) end, $6)
   on conflict (user_id, room_id, root) do update
   set is_subscribed = excluded.is_subscribed, is_automatic = excluded.is_automatic,
       ended_at = coalesce(excluded.ended_at, thread_subscription.ended_at), position = excluded.position`,
)
const changed = sql(
  'thread_subscription_changed',
  `select room_id as "roomId", root, ${columns}, position from thread_subscription
   where user_id = $1 and position > $2 and position <= $3 order by position desc limit $4`,
)
const changedRooms = sql(
  'thread_subscription_changed_rooms',
  `select distinct room_id as "roomId" from thread_subscription where user_id = $1 and position > $2 and position <= $3`,
)
const roots = sql(
  'thread_subscription_roots',
  'select user_id as "userId", root from thread_subscription where user_id = any($1::int[]) and is_subscribed',
)

export async function lockSubscriptions(tx: Tx, userId: number): Promise<void> {
  await tx.rows(lock, [userId])
}

export const subscriptionState = (db: Db, { userId, roomId, root }: Key) =>
  db.row<SubscriptionState>(one, [userId, roomId, root])

export async function countSubscriptions(db: Db, userId: number): Promise<number> {
  return (await db.row<{ count: number }>(count, [userId]))?.count ?? 0
}

export const putSubscription = (
  tx: Tx,
  { userId, roomId, root }: Key,
  to: { isSubscribed: boolean; isAutomatic: boolean; position: number },
) => tx.run(put, [userId, roomId, root, to.isSubscribed, to.isAutomatic, to.position])

/** What changed in (after, until], the newest first. */
export const subscriptionsChanged = (db: Db, userId: number, after: number, until: number, limit: number) =>
  db.rows<SubscriptionRow>(changed, [userId, after, until, limit])

export async function roomsOfChangedSubscriptions(db: Db, userId: number, after: number, until: number) {
  const rows = await db.rows<{ roomId: number }>(changedRooms, [userId, after, until])
  return rows.map((row) => row.roomId)
}

/** By person, the roots of the threads that she is subscribed to. */
export async function subscribedThreads(db: Db, userIds: readonly number[]): Promise<Map<number, ReadonlySet<string>>> {
  const rows = await db.rows<{ userId: number; root: string }>(roots, [userIds])
  const byPerson = Map.groupBy(rows, (row) => row.userId)
  return new Map([...byPerson].map(([userId, own]) => [userId, new Set(own.map((row) => row.root))]))
}
