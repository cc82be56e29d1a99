/** Table `channel_count`: what happened on a channel since it was born. */
import { type Db, sql } from '#platform/api.ts'

export type CountRow = { readonly channelId: string; readonly what: string; readonly count: number }

const add = sql(
  'channel_count_add',
  `insert into channel_count as c (channel_id, what, count)
   select * from unnest($1::text[], $2::text[], $3::bigint[]) order by 1, 2
   on conflict (channel_id, what) do update set count = c.count + excluded.count`,
)
const all = sql('channel_count_all', 'select channel_id as "channelId", what, count from channel_count')

export async function addCounts(db: Db, counts: readonly CountRow[]): Promise<void> {
  await db.run(add, [counts.map((one) => one.channelId), counts.map((one) => one.what), counts.map((one) => one.count)])
}

export function allCounts(db: Db): Promise<CountRow[]> {
  return db.rows(all)
}
