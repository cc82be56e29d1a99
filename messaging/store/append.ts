/**
 * The database functions `append_events`, for many events of many rooms in one round trip and one transaction, and
 * `append_event`, for one event that is nothing more. They touch `event`, `room_head`, `room_state`, `state_delta`,
 * `transaction_id`, `mention`, `thread_event`, `uncounted_event`, `annotation`, `sticky_event`, `thread` and `log`, and no more.
 */
import { DatabaseError, type Db, type Sql, sql } from '#platform/api.ts'

export type HeadChange = {
  room_id: number
  was: number
  version: number
  extremity: string
  depth: number
  ordering: number
  notify_count: number
  line_seq: number
  /** When the newest of its events, and of those that bump it, was sent; the latter 0 for none. */
  active_ts: number
  bump_ts: number
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
  sealed: Buffer
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
export type MentionInsert = {
  room_id: number
  user_id: number
  ordering: number
  sender_id: number
  thread: string
  is_extra: boolean
}
export type StickyInsert = {
  /** Place of the event in the batch. */
  n: number
  room_id: number
  event_id: number
  expires_ts: number
}
export type ThreadEventInsert = { room_id: number; root: string; ordering: number; sender_id: number }
export type AppendBatch = {
  rooms: HeadChange[]
  events: EventInsert[]
  states: StateInsert[]
  /** `redacted_by` is null for an event that is no redacted one, but told what the redacted one had said. */
  redactions: { id: number; sealed: string; redacted_by: string | null }[]
  /** Reactions; the hash in base64. */
  annotations: { hash: string; event_id: number }[]
  mentions: MentionInsert[]
  /** What counts and belongs to a thread. */
  threads: ThreadEventInsert[]
  stickies: StickyInsert[]
  /** k: the hash of device, path and transaction id. */
  transactions: { k: Buffer; e: number }[]
}
export type AppendAnswer =
  | { first: number }
  | { repeated: [key: string, eventId: string][] }
  | { standing: string[] }
  | { lost: number[] }

const append = sql(
  'append_events',
  `select append_events($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[],
     $8::int[], $9::bigint[], $10::bigint[], $11::bigint[], $12::int[], $13::text[], $14::text[], $15::text[], $16::int[],
     $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::int[], $22::text[], $23::text[], $24::bigint[],
     $25::bytea[], $26::bytea[], $27::bigint[], $28::jsonb, $29::jsonb, $30::jsonb, $31::jsonb, $32::jsonb, $33::jsonb,
     $34) as first`,
)
const appendOne = sql(
  'append_event',
  'select append_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) as first',
)
/** What both raise when another node has written to one of the rooms. */
const headHasMoved = 'CH001'
const moved = sql(
  'room_heads_moved',
  `select w.room_id as "roomId" from unnest($1::int[], $2::bigint[]) as w(room_id, was)
   left join room_head h using (room_id) where h.version is distinct from w.was`,
)
const known = sql(
  'transactions_known',
  `select t.key, e.matrix_id as "matrixId" from transaction_id t join event e on e.id = t.event_id
   where t.key = any($1::bytea[])`,
)
const standing = sql('annotations_standing', 'select hash from annotation where hash = any($1::bytea[])')
const eventIdBlock = sql('event_id_block', "select nextval('event_id_block') as first")
const settleHead = sql('room_head_settle', 'select version from room_head where room_id = $1 for update')
const eventKnown = sql('event_known', 'select 1 as known from event where matrix_id = $1')
const forgetOldTransactions = sql('transaction_forget', 'delete from transaction_id where created_ts < $1')

export const eventIdBlockSize = 256

/**
 * Appends the batch, or writes nothing and says why: a head that has moved, a transaction id that is known, or a reaction
 * that stands already (in the database, or twice in the batch). Throws what else the database refuses.
 */
export async function appendEvents(db: Db, batch: AppendBatch, nowTs: number): Promise<AppendAnswer> {
  try {
    const row = await db.row<{ first: number }>(...appendCall(batch, nowTs))
    if (row === undefined) throw new Error('the database appended events and gave no position')
    return { first: row.first }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    if (error.sqlState === headHasMoved) return { lost: await movedHeads(db, batch.rooms) }
    if (error.constraint === 'transaction_id_pkey') return { repeated: await knownTransactions(db, batch) }
    if (error.constraint === 'annotation_pkey') return { standing: await standingAnnotations(db, batch) }
    throw error
  }
}

async function movedHeads(db: Db, rooms: readonly HeadChange[]): Promise<number[]> {
  const rows = await db.rows<{ roomId: number }>(moved, [
    rooms.map((room) => room.room_id),
    rooms.map((room) => room.was),
  ])
  // When it cannot be told which, all are read anew.
  return rows.length === 0 ? rooms.map((room) => room.room_id) : rows.map((row) => row.roomId)
}

async function knownTransactions(db: Db, batch: AppendBatch): Promise<[string, string][]> {
  const keys = batch.transactions.map((transaction) => transaction.k)
  const rows = await db.rows<{ key: Buffer; matrixId: string }>(known, [keys])
  return rows.map((row) => [row.key.toString('base64'), row.matrixId])
}

async function standingAnnotations(db: Db, batch: AppendBatch): Promise<string[]> {
  const hashes = batch.annotations.map((annotation) => Buffer.from(annotation.hash, 'base64'))
  const rows = await db.rows<{ hash: Buffer }>(standing, [hashes])
  return rows.map((row) => row.hash.toString('base64'))
}

/** The statement for the batch with its values. */
function appendCall(batch: AppendBatch, nowTs: number): [Sql, unknown[]] {
  const { rooms, events, transactions } = batch
  const [head] = rooms
  const [event] = events
  if (head !== undefined && event !== undefined && isOne(batch) && event.relation === null) {
    return [appendOne, plainValues(head, event, transactions[0]?.k, nowTs)]
  }
  const values = [
    ...headColumns(rooms),
    ...eventColumns(events),
    transactions.map((transaction) => transaction.k),
    transactions.map((transaction) => transaction.e),
    jsonOrNull(batch.states),
    jsonOrNull(batch.redactions),
    jsonOrNull(batch.mentions),
    jsonOrNull(batch.annotations),
    jsonOrNull(batch.threads),
    jsonOrNull(batch.stickies),
    nowTs,
  ]
  return [append, values]
}

/** Whether the batch is one event that changes nothing beside itself. */
function isOne({ events, transactions: _, rooms: __, ...rare }: AppendBatch): boolean {
  return events.length === 1 && Object.values(rare).every((rows) => rows.length === 0)
}

function plainValues(head: HeadChange, event: EventInsert, key: Buffer | undefined, nowTs: number): unknown[] {
  return [
    head.was,
    head.active_ts,
    head.bump_ts,
    event.id,
    event.room_id,
    event.matrix_id,
    event.type,
    event.sender_id,
    event.origin_ts,
    event.depth,
    event.ordering,
    event.line_id,
    event.line_seq,
    event.notify_count,
    event.sealed,
    key ?? null,
    nowTs,
  ]
}

function headColumns(rooms: readonly HeadChange[]): unknown[] {
  return [
    rooms.map((room) => room.room_id),
    rooms.map((room) => room.was),
    rooms.map((room) => room.version),
    rooms.map((room) => room.extremity),
    rooms.map((room) => room.depth),
    rooms.map((room) => room.ordering),
    rooms.map((room) => room.notify_count),
    rooms.map((room) => room.line_seq),
    rooms.map((room) => room.active_ts),
    rooms.map((room) => room.bump_ts),
  ]
}

function eventColumns(events: readonly EventInsert[]): unknown[] {
  return [
    events.map((event) => event.id),
    events.map((event) => event.room_id),
    events.map((event) => event.matrix_id),
    events.map((event) => event.type),
    events.map((event) => event.state_key),
    events.map((event) => event.sender_id),
    events.map((event) => event.origin_ts),
    events.map((event) => event.depth),
    events.map((event) => event.ordering),
    events.map((event) => event.line_id),
    events.map((event) => event.line_seq),
    events.map((event) => event.relates_to),
    events.map((event) => event.relation),
    events.map((event) => event.notify_count),
    events.map((event) => event.sealed),
  ]
}

function jsonOrNull(rows: readonly unknown[]): string | null {
  return rows.length === 0 ? null : JSON.stringify(rows)
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

export const forgetTransactionsBefore = (db: Db, ts: number) => db.run(forgetOldTransactions, [ts])
