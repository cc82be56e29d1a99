/** Table `channel`: which channels the configuration has named, and since when. */
import { type Db, sql } from '#platform/api.ts'

const insert = sql(
  'channel_insert',
  'insert into channel (id, born_ts) select unnest($1::text[]), $2 on conflict do nothing',
)
const one = sql('channel_one', 'select born_ts as "bornTs" from channel where id = $1')

/** Those that are known already keep their time. */
export async function insertChannels(db: Db, ids: readonly string[], nowTs: number): Promise<void> {
  await db.run(insert, [ids, nowTs])
}

export async function channelBornTs(db: Db, id: string): Promise<number | undefined> {
  return (await db.row<{ bornTs: number }>(one, [id]))?.bornTs
}
