/**
 * Tables `to_device` (messages that wait for a device: recipient, place in the log, sealed words) and
 * `to_device_transaction` (what was sent already). Rows come by the database function `send_to_devices`, which touches
 * `log` as well, and go when the device has got them or is gone.
 */
import { type Db, sql } from '#platform/api.ts'

export type ToDeviceRow = { position: number; sealed: Buffer }
export type ToDeviceInsert = { userId: number; deviceId: string; sealed: Buffer }

const send = sql(
  'to_device_send',
  `select log_position as position, recipient as "userId"
   from send_to_devices($1, $2, $3::int[], $4::text[], $5::bytea[]) order by log_position`,
)
const wasSent = sql('to_device_was_sent', 'select 1 as sent from to_device_transaction where key = $1')
const waiting = sql(
  'to_device_waiting',
  `select position, sealed from to_device
   where user_id = $1 and device_id = $2 and position > $3 and position <= $4 order by position limit $5`,
)
const forget = sql('to_device_forget', 'delete from to_device where user_id = $1 and device_id = $2 and position <= $3')
const forgetTransactions = sql(
  'to_device_forget_transactions',
  'delete from to_device_transaction where created_ts < $1',
)
/** Of a device that is not heard of any more, the newest are kept. */
const trim = sql(
  'to_device_trim',
  `with full_device as (
     select user_id, device_id from to_device group by user_id, device_id having count(*) > $1),
   edge as (
     select f.user_id, f.device_id, e.position from full_device f cross join lateral (
       select position from to_device t where t.user_id = f.user_id and t.device_id = f.device_id
       order by position desc offset $1 limit 1) e)
   delete from to_device t using edge
   where t.user_id = edge.user_id and t.device_id = edge.device_id and t.position <= edge.position`,
)

/** The log's rows that it made, in order; none when the transaction is known or no device of them exists. */
export const sendToDevices = (db: Db, key: Buffer, nowTs: number, messages: readonly ToDeviceInsert[]) =>
  db.rows<{ position: number; userId: number }>(send, [
    key,
    nowTs,
    messages.map((message) => message.userId),
    messages.map((message) => message.deviceId),
    messages.map((message) => message.sealed),
  ])

export const wasSentToDevices = async (db: Db, key: Buffer): Promise<boolean> =>
  (await db.row(wasSent, [key])) !== undefined

/** In order, after `after`, up to `until`. */
export const toDeviceRows = (
  db: Db,
  device: { userId: number; deviceId: string },
  range: { after: number; until: number; limit: number },
) => db.rows<ToDeviceRow>(waiting, [device.userId, device.deviceId, range.after, range.until, range.limit])

export const forgetToDevice = (db: Db, device: { userId: number; deviceId: string }, upTo: number) =>
  db.run(forget, [device.userId, device.deviceId, upTo])

export const forgetToDeviceTransactionsBefore = (db: Db, ts: number) => db.run(forgetTransactions, [ts])

/** Leaves at most `count` messages to each device: the newest. */
export const trimToDevice = (db: Db, count: number) => db.run(trim, [count])
