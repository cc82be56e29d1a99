/** Table `inbound_done`: messages of citizens whose commands were acted upon. */
import { type Db, sql } from '#platform/api.ts'

const insert = sql(
  'inbound_done_insert',
  'insert into inbound_done (inbound_id, done_ts) values ($1, $2) on conflict do nothing',
)
const forget = sql('inbound_done_forget', 'delete from inbound_done where done_ts < $1')

/** False when it was acted upon before; waits for one that is acted upon at this moment. */
export const isFirstTime = async (db: Db, inboundId: number, nowTs: number) =>
  (await db.run(insert, [inboundId, nowTs])) > 0
export const forgetInboundBefore = (db: Db, ts: number) => db.run(forget, [ts])
