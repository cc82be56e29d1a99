/** Table `inbound_done`: messages of citizens whose commands were acted upon, and what came of it. */
import { type Db, sql } from '#platform/api.ts'

export type InboundDone = {
  readonly passes: boolean
  readonly heard: string | null
  readonly reach: string | null
  readonly purposeId: number | null
}

const insert = sql(
  'inbound_done_insert',
  'insert into inbound_done (inbound_id, done_ts) values ($1, $2) on conflict do nothing',
)
const finish = sql(
  'inbound_done_finish',
  'update inbound_done set passes = $2, heard = $3, reach = $4, purpose_id = $5 where inbound_id = $1',
)
const one = sql(
  'inbound_done_one',
  'select passes, heard, reach, purpose_id as "purposeId" from inbound_done where inbound_id = $1',
)
const tell = sql(
  'inbound_done_tell',
  'update inbound_done set is_told = true where inbound_id = $1 and not is_told and heard is not null',
)
const forget = sql('inbound_done_forget', 'delete from inbound_done where done_ts < $1')

/** False when it was acted upon before; waits for one that is acted upon at this moment. */
export const isFirstTime = async (db: Db, inboundId: number, nowTs: number) =>
  (await db.run(insert, [inboundId, nowTs])) > 0
export const finishInbound = (db: Db, inboundId: number, { passes, heard, reach, purposeId }: InboundDone) =>
  db.run(finish, [inboundId, passes, heard, reach, purposeId])
export const inboundDone = (db: Db, inboundId: number) => db.row<InboundDone>(one, [inboundId])
/** False when there is nothing to tell, or it was told before. */
export const beginToTell = async (db: Db, inboundId: number) => (await db.run(tell, [inboundId])) > 0
export const forgetInboundBefore = (db: Db, ts: number) => db.run(forget, [ts])
