/** Table `telling`: what a conversation is still to be told. Written in the transaction of what it tells of. */
import type { JsonObject } from '#matrix/api.ts'
import { type Db, sql } from '#platform/api.ts'

export type TellingWhat = 'delivered' | 'read' | 'notice'

export type TellingInsert = {
  conversationId: number
  /** The reply that it is about. */
  eventId: number | null
  what: TellingWhat
  facts: JsonObject
}
export type TellingRow = TellingInsert & { id: number; tries: number }

const insert = sql(
  'telling_insert',
  `insert into telling (conversation_id, event_id, what, facts, due_ts)
   select t.*, $5 from unnest($1::bigint[], $2::bigint[], $3::text[], $4::json[]) as t`,
)
const take = sql(
  'telling_take',
  `update telling t set taken_by = $4, taken_until = clock_timestamp() + $2 * interval '1 ms', tries = t.tries + 1
   where t.id in (select o.id from telling o
                  where o.due_ts <= $1 and (o.taken_until is null or o.taken_until < clock_timestamp())
                  order by o.id limit $3 for update skip locked)
   returning t.id, t.conversation_id as "conversationId", t.event_id as "eventId", t.what, t.facts, t.tries`,
)
const releaseDead = sql(
  'telling_release_dead',
  'update telling set taken_until = null where taken_by = $1 and taken_until > clock_timestamp()',
)
const done = sql('telling_done', 'delete from telling where id = any($1::bigint[])')
const later = sql('telling_later', 'update telling set due_ts = $2, taken_until = null where id = $1')

export async function insertTellings(db: Db, rows: readonly TellingInsert[], nowTs: number): Promise<void> {
  if (rows.length === 0) return
  await db.run(insert, [
    rows.map(({ conversationId }) => conversationId),
    rows.map(({ eventId }) => eventId),
    rows.map(({ what }) => what),
    rows.map(({ facts }) => JSON.stringify(facts)),
    nowTs,
  ])
}

/** In the order in which they were written. */
export async function takeTellings(
  db: Db,
  { node, nowTs, leaseMs, limit }: { node: number; nowTs: number; leaseMs: number; limit: number },
): Promise<TellingRow[]> {
  const rows = await db.rows<TellingRow>(take, [nowTs, leaseMs, limit, node])
  return rows.sort((a, b) => a.id - b.id)
}

export const releaseTellingsOfDead = (db: Db, node: number) => db.run(releaseDead, [node])
export const forgetTellings = (db: Db, ids: readonly number[]) => db.run(done, [ids])
export const tellLater = (db: Db, id: number, dueTs: number) => db.run(later, [id, dueTs])
