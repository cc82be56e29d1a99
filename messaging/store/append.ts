/**
 * The database function `append_events`: many events of many rooms in one round trip and one transaction. Touches `event`,
 * `room_head`, `room_state`, `state_delta`, `transaction_id`, `mention` and `log`, and nothing else.
 */
import { type Db, sql } from '#platform/api.ts'

export type HeadChange = {
  room_id: number
  was: number
  version: number
  extremity: string
  depth: number
  ordering: number
  notify_count: number
  line_seq: number
}
export type EventInsert = {
  id: number
  room_id: number
  matrix_id: string
  type: string
  state_key: string | null
  sender_id: number
  origin_ts: number
  depth: number
  ordering: number
  line_id: number
  line_seq: number
  relates_to: string | null
  relation: string | null
  notify_count: number
  /** base64 */
  sealed: string
}
export type StateInsert = {
  /** Place of the event in the batch. */
  n: number
  room_id: number
  type: string
  state_key: string
  event_id: number
  line_id: number
  seq: number
  user_id: number | null
  membership: number | null
}
export type AppendBatch = {
  rooms: HeadChange[]
  events: EventInsert[]
  states: StateInsert[]
  /** `redacted_by` is null for an event that is no redacted one, but told what the redacted one had said. */
  redactions: { id: number; sealed: string; redacted_by: string | null }[]
  mentions: { room_id: number; user_id: number; ordering: number }[]
  /** key: base64 of the hash of device, path and transaction id. */
  transactions: { k: string; e: number }[]
}
export type AppendAnswer = { first: number } | { repeated: [key: string, eventId: string][] } | { lost: number[] }

const append = sql(
  'append_events',
  'select append_events($1::jsonb, $2::jsonb, $3::jsonb, $4::jsonb, $5::jsonb, $6::jsonb, $7::bigint[], $8::int[], $9) as answer',
)
const eventIdBlock = sql('event_id_block', "select nextval('event_id_block') as first")
const settleHead = sql('room_head_settle', 'select version from room_head where room_id = $1 for update')
const eventKnown = sql('event_known', 'select 1 as known from event where matrix_id = $1')
const transactionEvent = sql(
  'transaction_event',
  'select e.matrix_id as "matrixId" from transaction_id t join event e on e.id = t.event_id where t.key = $1',
)
const forgetOldTransactions = sql('transaction_forget', 'delete from transaction_id where created_ts < $1')

export const eventIdBlockSize = 256

export async function appendEvents(db: Db, batch: AppendBatch, nowTs: number): Promise<AppendAnswer> {
  const row = await db.row<{ answer: AppendAnswer }>(append, [
    JSON.stringify(batch.rooms),
    JSON.stringify(batch.events),
    JSON.stringify(batch.states),
    JSON.stringify(batch.redactions),
    JSON.stringify(batch.mentions),
    JSON.stringify(batch.transactions),
    batch.events.map((event) => event.id),
    batch.events.map((event) => event.room_id),
    nowTs,
  ])
  if (row === undefined) throw new Error('append_events answered nothing')
  return row.answer
}

/** The first of `eventIdBlockSize` internal event ids that are this caller's alone. */
export async function nextEventIdBlock(db: Db): Promise<number> {
  const row = await db.row<{ first: number }>(eventIdBlock)
  if (row === undefined) throw new Error('event_id_block answered nothing')
  return row.first
}

/**
 * Whether an append of unknown outcome was committed. Taking the room's head first waits for a transaction that is
 * still running on the broken connection. Must run in a transaction of its own.
 */
export async function wasCommitted(tx: Db, roomId: number, matrixId: string): Promise<boolean> {
  await tx.rows(settleHead, [roomId])
  return (await tx.row(eventKnown, [matrixId])) !== undefined
}

export async function eventOfTransaction(db: Db, key: Buffer): Promise<string | undefined> {
  return (await db.row<{ matrixId: string }>(transactionEvent, [key]))?.matrixId
}

export const forgetTransactionsBefore = (db: Db, ts: number) => db.run(forgetOldTransactions, [ts])
