/**
 * Table `receipt`: how far each person has read in each room, per kind of receipt and thread. One row each, moved forward.
 */
import { type Db, sql } from '#platform/api.ts'

export type ReceiptRow = {
  id: number
  roomId: number
  userId: number
  type: string
  thread: string
  eventId: string
  ordering: number
  ts: number
}

const columns = 'id, room_id as "roomId", user_id as "userId", type, thread, event_id as "eventId", ordering, ts'
const put = sql(
  'receipt_put',
  `insert into receipt (room_id, user_id, type, thread, event_id, ordering, ts) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (room_id, user_id, type, thread) do update
   set event_id = excluded.event_id, ordering = excluded.ordering, ts = excluded.ts
   where receipt.ordering < excluded.ordering
   returning id`,
)
const byIds = sql('receipt_by_ids', `select ${columns} from receipt where id = any($1::bigint[])`)
const ofRooms = sql(
  'receipt_of_rooms',
  `select ${columns} from receipt
   where room_id = any($1::int[]) and (type = 'm.read' or user_id = $2)`,
)
const ofEvents = sql(
  'receipt_of_events',
  `select ${columns} from receipt
   where room_id = any($1::int[]) and (user_id = $3 or (type = 'm.read' and event_id = any($2::text[])))`,
)

/** The row's id, or undefined when an equal or later receipt stands already. */
export async function putReceipt(db: Db, receipt: Omit<ReceiptRow, 'id'>): Promise<number | undefined> {
  const { roomId, userId, type, thread, eventId, ordering, ts } = receipt
  return (await db.row<{ id: number }>(put, [roomId, userId, type, thread, eventId, ordering, ts]))?.id
}

export const receiptRowsByIds = (db: Db, ids: readonly number[]) => db.rows<ReceiptRow>(byIds, [ids])

/** Public receipts of everybody and the private ones of one person. */
export const receiptRowsOfRooms = (db: Db, roomIds: readonly number[], userId: number) =>
  db.rows<ReceiptRow>(ofRooms, [roomIds, userId])

/** Public receipts for some events, and all of one person's, in rooms. */
export const receiptRowsOfEvents = (db: Db, roomIds: readonly number[], eventIds: readonly string[], userId: number) =>
  db.rows<ReceiptRow>(ofEvents, [roomIds, eventIds, userId])
