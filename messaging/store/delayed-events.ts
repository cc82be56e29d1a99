/** Table `delayed_event`: what the server sends for somebody later. Content is sealed. Times are milliseconds since 1970. */
import { type Db, sql, type Tx } from '#platform/api.ts'

export type DelayedRow = {
  id: string
  userId: number
  deviceId: string
  roomId: number
  type: string
  delayMs: number
  runningSinceTs: number
  finishedTs: number | null
  outcome: 'send' | 'cancel' | null
  reason: string | null
  error: string | null
  eventId: string | null
  sealed: Buffer
}

export type DelayedInsert = Pick<
  DelayedRow,
  'id' | 'userId' | 'deviceId' | 'roomId' | 'type' | 'delayMs' | 'runningSinceTs' | 'sealed'
> & { stateKey: string | null; transactionKey: Buffer }

const columns = `d.id, d.user_id as "userId", d.device_id as "deviceId", d.room_id as "roomId", d.type,
  d.delay_ms as "delayMs", d.running_since_ts as "runningSinceTs", d.finished_ts as "finishedTs", d.outcome, d.reason,
  d.error, d.event_id as "eventId", d.sealed`
const isFree = 'd.finished_ts is null and (d.leased_until_ts is null or d.leased_until_ts < $1)'

const insert = sql(
  'delayed_event_insert',
  `insert into delayed_event (id, user_id, device_id, room_id, type, state_key, transaction_key, position, delay_ms,
                              running_since_ts, due_ts, sealed)
   select $1, $2, $3, $4, $5, $6, $7, coalesce((select max(position) from log), 0), $8, $9, $9::bigint + $8::bigint, $10`,
)
const byTransaction = sql('delayed_event_by_transaction', 'select id from delayed_event where transaction_key = $1')
/** Held until the transaction ends. The first number is this lock's own. */
const lockOfPerson = sql('delayed_event_lock', 'select pg_advisory_xact_lock(4801373, $1::int)')
const countWaiting = sql(
  'delayed_event_count',
  'select count(*) as count from delayed_event where user_id = $1 and finished_ts is null',
)
const one = sql('delayed_event_one', `select ${columns} from delayed_event d where d.id = $1 and d.user_id = $2`)
const waiting = sql(
  'delayed_event_waiting',
  `select ${columns} from delayed_event d where d.user_id = $1 and d.finished_ts is null order by d.due_ts, d.id`,
)
const finished = sql(
  'delayed_event_finished',
  `select ${columns} from delayed_event d where d.user_id = $1 and d.finished_ts is not null
     and (d.finished_ts, d.id) < ($2, $3)
   order by d.finished_ts desc, d.id desc limit $4`,
)
/** Of one person, or all that are due. */
const cancelOvertaken = sql(
  'delayed_event_cancel_overtaken',
  `update delayed_event d set finished_ts = $1, outcome = 'cancel', reason = 'state'
   where ${isFree} and d.state_key is not null and (d.user_id = $2 or ($2 is null and d.due_ts <= $1)) and exists (
     select 1 from room_state s join event e on e.id = s.event_id
     where s.room_id = d.room_id and s.type = d.type and s.state_key = d.state_key and s.to_position is null
       and s.from_position > d.position and e.sender_id <> d.user_id)`,
)
const restart = sql(
  'delayed_event_restart',
  `update delayed_event d set running_since_ts = $1, due_ts = $1::bigint + d.delay_ms
   where d.id = $2 and d.user_id = $3 and ${isFree}`,
)
const cancel = sql(
  'delayed_event_cancel',
  `update delayed_event d set finished_ts = $1, outcome = 'cancel', reason = 'action'
   where d.id = $2 and d.user_id = $3 and ${isFree}`,
)
const take = sql(
  'delayed_event_take',
  `update delayed_event d set leased_until_ts = $4 where d.id = $2 and d.user_id = $3 and ${isFree} returning ${columns}`,
)
/** SKIP LOCKED: two servers that look at the same moment take different ones. */
const leaseDue = sql(
  'delayed_event_lease_due',
  `update delayed_event d set leased_until_ts = $2
   where d.id in (select d.id from delayed_event d where ${isFree} and d.due_ts <= $1
                  order by d.due_ts limit $3 for update skip locked)
   returning ${columns}`,
)
const nextDue = sql(
  'delayed_event_next_due',
  `select min(greatest(due_ts, coalesce(leased_until_ts + 1, 0))) as due from delayed_event where finished_ts is null`,
)
const finish = sql(
  'delayed_event_finish',
  `update delayed_event set finished_ts = $2, outcome = $3, reason = $4, error = $5, event_id = $6, leased_until_ts = null
   where id = $1`,
)
const forget = sql('delayed_event_forget', 'delete from delayed_event where finished_ts < $1')

/**
 * The id under which it stands: that of the first request, when this one repeats it. Undefined when the person has `max` already.
 * Requests of one person follow each other, so that many at once are no more than `max`.
 */
export async function insertDelayedEvent(tx: Tx, row: DelayedInsert, max: number): Promise<string | undefined> {
  const { id, userId, deviceId, roomId, type, stateKey, transactionKey, delayMs, runningSinceTs, sealed } = row
  const values = [id, userId, deviceId, roomId, type, stateKey, transactionKey, delayMs, runningSinceTs, sealed]
  await tx.rows(lockOfPerson, [userId])
  const known = await tx.row<{ id: string }>(byTransaction, [transactionKey])
  if (known !== undefined) return known.id
  const waiting = await tx.row<{ count: number }>(countWaiting, [userId])
  if ((waiting?.count ?? 0) >= max) return undefined
  await tx.run(insert, values)
  return id
}

export const delayedEventRow = (db: Db, id: string, userId: number) => db.row<DelayedRow>(one, [id, userId])
export const waitingDelayedEvents = (db: Db, userId: number) => db.rows<DelayedRow>(waiting, [userId])
/** Those that ended before the place given, the newest first. */
export const finishedDelayedEvents = (db: Db, userId: number, before: { ts: number; id: string }, limit: number) =>
  db.rows<DelayedRow>(finished, [userId, before.ts, before.id, limit])

/** State that somebody else set since cancels what would set it again. */
export const cancelOvertakenDelayedEvents = (db: Db, nowTs: number, userId: number | null) =>
  db.run(cancelOvertaken, [nowTs, userId])

/** False when it has come to its end, or is being sent. */
export const restartDelayedEvent = async (db: Db, nowTs: number, id: string, userId: number) =>
  (await db.run(restart, [nowTs, id, userId])) > 0
export const cancelDelayedEvent = async (db: Db, nowTs: number, id: string, userId: number) =>
  (await db.run(cancel, [nowTs, id, userId])) > 0

export const takeDelayedEvent = (db: Db, nowTs: number, id: string, userId: number, untilTs: number) =>
  db.row<DelayedRow>(take, [nowTs, id, userId, untilTs])
export const leaseDueDelayedEvents = (db: Db, nowTs: number, untilTs: number, limit: number) =>
  db.rows<DelayedRow>(leaseDue, [nowTs, untilTs, limit])

export async function nextDelayedEventTs(db: Db): Promise<number | undefined> {
  return (await db.row<{ due: number | null }>(nextDue))?.due ?? undefined
}

export type DelayedEnd = {
  readonly outcome: 'send' | 'cancel'
  readonly reason: 'delay' | 'action' | 'error'
  readonly error?: string
  readonly eventId?: string
}

export const finishDelayedEvent = (db: Db, nowTs: number, id: string, end: DelayedEnd) =>
  db.run(finish, [id, nowTs, end.outcome, end.reason, end.error ?? null, end.eventId ?? null])

export const forgetDelayedEventsBefore = (db: Db, ts: number) => db.run(forget, [ts])
