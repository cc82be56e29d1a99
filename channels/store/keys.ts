/** Table `channel_key`: which key seals what came in on a channel on a day. */
import { type Db, sql } from '#platform/api.ts'

const insert = sql(
  'channel_key_insert',
  'insert into channel_key (channel_id, day, key_id) values ($1, $2, $3) on conflict do nothing',
)
const before = sql('channel_key_before', 'select key_id as "keyId" from channel_key where day < $1')

export async function insertChannelKey(db: Db, channelId: string, day: number, keyId: number): Promise<void> {
  await db.run(insert, [channelId, day, keyId])
}

export async function channelKeysBefore(db: Db, day: number): Promise<number[]> {
  return (await db.rows<{ keyId: number }>(before, [day])).map(({ keyId }) => keyId)
}
