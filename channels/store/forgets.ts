/** Table `channel_forget`: what providers are still to delete. Times are milliseconds since 1970. */
import { type Db, sql } from '#platform/api.ts'

export type ForgetRow = {
  readonly id: number
  readonly channelId: string
  readonly reference: string
  /** This one included. */
  readonly tries: number
}

const insert = sql(
  'channel_forget_insert',
  `insert into channel_forget (channel_id, reference, due_ts)
   select *, $3 from unnest($1::text[], $2::text[]) on conflict do nothing`,
)
/** SKIP LOCKED: two servers that look at the same moment take different ones. */
const take = sql(
  'channel_forget_take',
  `update channel_forget f set due_ts = $2, tries = f.tries + 1
   where f.id in (select id from channel_forget where due_ts <= $1 and channel_id = any ($4)
                  order by due_ts limit $3 for update skip locked)
   returning f.id, f.channel_id as "channelId", f.reference, f.tries`,
)
const postpone = sql('channel_forget_postpone', 'update channel_forget set due_ts = $2 where id = $1')
const remove = sql('channel_forget_delete', 'delete from channel_forget where id = $1')

export async function insertForgets(
  db: Db,
  list: readonly { channelId: string; reference: string }[],
  dueTs: number,
): Promise<void> {
  if (list.length === 0) return
  await db.run(insert, [list.map(({ channelId }) => channelId), list.map(({ reference }) => reference), dueTs])
}

export const takeForgets = (
  db: Db,
  wanted: { nowTs: number; untilTs: number; limit: number; channelIds: readonly string[] },
) => db.rows<ForgetRow>(take, [wanted.nowTs, wanted.untilTs, wanted.limit, wanted.channelIds])

export const postponeForget = (db: Db, id: number, dueTs: number) => db.run(postpone, [id, dueTs])
export const deleteForget = (db: Db, id: number) => db.run(remove, [id])
