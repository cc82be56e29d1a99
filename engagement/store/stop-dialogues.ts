/** Table `stop_dialogue`: a question to a citizen about what she wants to get, and what became of it. */
import { type Db, sql } from '#platform/api.ts'

export type DialogueAbout = 'stop' | 'unsure' | 'start' | 'only' | 'help'

export type DialogueRow = {
  id: number
  agencyId: number
  addressId: number
  channelId: string
  about: DialogueAbout
  purposeId: number | null
  wasAsked: boolean
  guesses: number
  codeHash: Buffer | null
  openedTs: number
  closesTs: number
  endedTs: number | null
  outcome: string | null
}

const columns = `d.id, d.agency_id as "agencyId", d.address_id as "addressId", d.channel_id as "channelId", d.about,
  d.purpose_id as "purposeId", d.was_asked as "wasAsked", d.guesses, d.code_hash as "codeHash",
  d.opened_ts as "openedTs", d.closes_ts as "closesTs", d.ended_ts as "endedTs", d.outcome`
const insert = sql(
  'stop_dialogue_insert',
  `insert into stop_dialogue (agency_id, address_id, channel_id, about, purpose_id, was_asked, code_hash, opened_ts, closes_ts)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id`,
)
/** The open one, else the newest. */
const newest = sql(
  'stop_dialogue_newest',
  `select ${columns} from stop_dialogue d where d.address_id = $1 and d.channel_id = $2 order by d.id desc limit 1`,
)
const guess = sql('stop_dialogue_guess', 'update stop_dialogue set guesses = guesses + 1 where id = $1')
const end = sql(
  'stop_dialogue_end',
  'update stop_dialogue set ended_ts = $2, outcome = $3 where id = $1 and ended_ts is null',
)
const reword = sql('stop_dialogue_outcome', 'update stop_dialogue set outcome = $2 where id = $1')
/** Without a lock: gates come first. Whoever acts upon it looks again. */
const closing = sql(
  'stop_dialogue_closing',
  `select ${columns} from stop_dialogue d where d.ended_ts is null and d.closes_ts <= $1 order by d.closes_ts limit $2`,
)
const startsSince = sql(
  'stop_dialogue_starts_since',
  `select count(*)::int as count from stop_dialogue
   where address_id = $1 and channel_id = $2 and code_hash is not null and opened_ts > $3`,
)
const widened = sql(
  'stop_dialogue_widened',
  `select ${columns} from stop_dialogue d
   where d.address_id = $1 and d.channel_id = $2 and d.outcome = 'widened' order by d.id desc limit 1`,
)
const asking = sql(
  'stop_dialogue_asking',
  `select agency_id as "agencyId" from stop_dialogue
   where address_id = any($1::bigint[]) and channel_id = $2 and ended_ts is null and closes_ts > $3
   order by id desc limit 1`,
)
const erase = sql('stop_dialogue_erase', 'delete from stop_dialogue where address_id = any($1::bigint[])')

export type DialogueInsert = Omit<DialogueRow, 'id' | 'guesses' | 'endedTs' | 'outcome'>

export async function insertDialogue(db: Db, row: DialogueInsert): Promise<number> {
  const { agencyId, addressId, channelId, about, purposeId, wasAsked, codeHash, openedTs, closesTs } = row
  const values = [agencyId, addressId, channelId, about, purposeId, wasAsked, codeHash, openedTs, closesTs]
  return (await db.row<{ id: number }>(insert, values))?.id ?? 0
}

export const newestDialogue = (db: Db, addressId: number, channelId: string) =>
  db.row<DialogueRow>(newest, [addressId, channelId])
/** How often digits were sent to her since then. */
export const startsAskedSince = async (db: Db, addressId: number, channelId: string, ts: number) =>
  (await db.row<{ count: number }>(startsSince, [addressId, channelId, ts]))?.count ?? 0
/** Which agency waits for an answer from one of the addresses. */
export const agencyAsking = async (db: Db, addressIds: readonly number[], channelId: string, nowTs: number) =>
  (await db.row<{ agencyId: number }>(asking, [addressIds, channelId, nowTs]))?.agencyId
/** The newest STOP that silence made wider. */
export const widenedDialogue = (db: Db, addressId: number, channelId: string) =>
  db.row<DialogueRow>(widened, [addressId, channelId])
export const countGuess = (db: Db, id: number) => db.run(guess, [id])
/** False when it had ended before. */
export const endDialogue = async (db: Db, id: number, nowTs: number, outcome: string) =>
  (await db.run(end, [id, nowTs, outcome])) > 0
export const setDialogueOutcome = (db: Db, id: number, outcome: string) => db.run(reword, [id, outcome])
export const dialoguesToClose = (db: Db, nowTs: number, limit: number) => db.rows<DialogueRow>(closing, [nowTs, limit])

export const eraseDialogues = (db: Db, addressIds: readonly number[]) => db.run(erase, [addressIds])
