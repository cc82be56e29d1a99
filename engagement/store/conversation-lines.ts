/** Table `conversation_line`: the conversation that words from an address to a channel belong to. */
import { type Db, sql } from '#platform/api.ts'

const of = sql(
  'conversation_line_of',
  'select conversation_id as "conversationId" from conversation_line where address_id = $1 and channel_id = $2',
)
const begin = sql(
  'conversation_line_begin',
  `insert into conversation_line (address_id, channel_id, conversation_id) values ($1, $2, $3)
   on conflict (address_id, channel_id) do update set conversation_id = excluded.conversation_id
   where conversation_line.conversation_id is not distinct from $4`,
)
const take = sql(
  'conversation_line_take',
  `insert into conversation_line (address_id, channel_id, conversation_id) values ($1, $2, $3)
   on conflict (address_id, channel_id) do update set conversation_id = excluded.conversation_id`,
)
const removeOf = sql('conversation_line_delete', 'delete from conversation_line where conversation_id = $1')

export type Line = { readonly addressId: number; readonly channelId: string }

export async function conversationOnLine(db: Db, { addressId, channelId }: Line): Promise<number | undefined> {
  return (await db.row<{ conversationId: number }>(of, [addressId, channelId]))?.conversationId
}

/** @returns false when the line no longer leads to `before` (undefined: to none). */
export async function beginLine(db: Db, line: Line, conversationId: number, before: number | undefined) {
  return (await db.run(begin, [line.addressId, line.channelId, conversationId, before ?? null])) === 1
}

export const takeLine = (db: Db, line: Line, conversationId: number) =>
  db.run(take, [line.addressId, line.channelId, conversationId])
export const deleteLinesOf = (db: Db, conversationId: number) => db.run(removeOf, [conversationId])
