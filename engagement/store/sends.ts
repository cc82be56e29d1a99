/** Table `send`: what somebody wants a citizen to be told, once. Words are sealed. Times are milliseconds since 1970. */
import { type Db, sql } from '#platform/api.ts'

export type SendKind = 'message' | 'reply' | 'question'
export type SendEnd = 'delivered' | 'accepted' | 'withheld' | 'failed' | 'unknown' | 'expired'

export type SendRow = {
  id: number
  publicId: string
  agencyId: number
  kind: SendKind
  personId: number | null
  addressId: number | null
  channelId: string | null
  purposeId: number
  conversationId: number | null
  eventId: number | null
  /** 0 public, 1 personal, 2 sensitive. */
  sensitivity: number
  wishedKind: string | null
  keyId: number | null
  sealed: Buffer | null
  createdTs: number
  deadlineTs: number
  decideTs: number
  outcome: SendEnd | null
}

export type SendInsert = Omit<SendRow, 'id' | 'outcome'> & {
  dialogueId: number | null
  madeBy: number | null
}

const columns = `s.id, s.public_id as "publicId", s.agency_id as "agencyId", s.kind, s.person_id as "personId",
  s.address_id as "addressId", s.channel_id as "channelId", s.purpose_id as "purposeId", s.conversation_id as "conversationId",
  s.event_id as "eventId", s.sensitivity, s.wished_kind as "wishedKind", s.key_id as "keyId", s.sealed,
  s.created_ts as "createdTs", s.deadline_ts as "deadlineTs", s.decide_ts as "decideTs", s.outcome`

const insert = sql(
  'send_insert',
  `with made as (
     insert into send (public_id, agency_id, kind, person_id, address_id, channel_id, purpose_id, conversation_id, event_id,
                       dialogue_id, sensitivity, wished_kind, key_id, sealed, made_by, created_ts, deadline_ts, decide_ts)
     select * from unnest($1::text[], $2::int[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[],
                          $8::bigint[], $9::bigint[], $10::bigint[], $11::smallint[], $12::text[], $13::bigint[],
                          $14::bytea[], $15::int[], $16::bigint[], $17::bigint[], $18::bigint[])
     on conflict do nothing returning id, public_id)
   select m.id from unnest($1::text[]) with ordinality as g (public_id, n) left join made m using (public_id) order by g.n`,
)
const byPublicId = sql('send_by_public_id', `select ${columns} from send s where s.public_id = $1`)
const byIds = sql('send_by_ids', `select ${columns} from send s where s.id = any($1::bigint[])`)
const lock = sql('send_lock', `select ${columns} from send s where s.id = any($1::bigint[]) order by s.id for update`)
const end = sql('send_end', 'update send set outcome = $2 where id = any($1::bigint[]) and outcome is distinct from $2')
/** Without a lock: gates come first. Whoever decides looks again. */
const undecided = sql(
  'send_undecided',
  `select ${columns} from send s where s.outcome is null and s.decide_ts <= $1 order by s.decide_ts limit $2`,
)
/** What was over opens again when its only arrival turns out to be none. */
const decideNow = sql(
  'send_decide_now',
  `update send set decide_ts = least(decide_ts, $2), outcome = null
   where id = any($1::bigint[]) and (outcome is null or outcome = 'accepted')`,
)
const decideAt = sql('send_decide_at', 'update send set decide_ts = $2 where id = $1')
const ofPerson = sql(
  'send_of_person',
  `select ${columns} from send s where s.person_id = any($1::bigint[]) and s.id < $2 order by s.id desc limit $3`,
)
const eraseOf = sql(
  'send_erase',
  'delete from send where person_id = any($1::bigint[]) or address_id = any($2::bigint[])',
)

/** Ids in the order of the rows; null for one that was stored before: the same event, or the question of the same dialogue. */
export async function insertSends(db: Db, rows: readonly SendInsert[]): Promise<(number | null)[]> {
  const made = await db.rows<{ id: number | null }>(insert, [
    rows.map(({ publicId }) => publicId),
    rows.map(({ agencyId }) => agencyId),
    rows.map(({ kind }) => kind),
    rows.map(({ personId }) => personId),
    rows.map(({ addressId }) => addressId),
    rows.map(({ channelId }) => channelId),
    rows.map(({ purposeId }) => purposeId),
    rows.map(({ conversationId }) => conversationId),
    rows.map(({ eventId }) => eventId),
    rows.map(({ dialogueId }) => dialogueId),
    rows.map(({ sensitivity }) => sensitivity),
    rows.map(({ wishedKind }) => wishedKind),
    rows.map(({ keyId }) => keyId),
    rows.map(({ sealed }) => sealed),
    rows.map(({ madeBy }) => madeBy),
    rows.map(({ createdTs }) => createdTs),
    rows.map(({ deadlineTs }) => deadlineTs),
    rows.map(({ decideTs }) => decideTs),
  ])
  return made.map(({ id }) => id)
}

export const sendByPublicId = (db: Db, publicId: string) => db.row<SendRow>(byPublicId, [publicId])
export const sendsByIds = (db: Db, ids: readonly number[]) => db.rows<SendRow>(byIds, [ids])
/** For update, in one order for all. */
export const lockSends = (db: Db, ids: readonly number[]) => db.rows<SendRow>(lock, [ids])
export const endSends = (db: Db, ids: readonly number[], outcome: SendEnd) => db.run(end, [ids, outcome])
export const undecidedSends = (db: Db, nowTs: number, limit: number) => db.rows<SendRow>(undecided, [nowTs, limit])
export const decideSendsNow = (db: Db, ids: readonly number[], nowTs: number) => db.run(decideNow, [ids, nowTs])
export const decideSendAt = (db: Db, id: number, ts: number) => db.run(decideAt, [id, ts])

/** The newest first, from before an id on. */
export const sendsOfPeople = (db: Db, personIds: readonly number[], before: number, limit: number) =>
  db.rows<SendRow>(ofPerson, [personIds, before, limit])

/** With attempts, tasks and inbox. */
export const eraseSends = (db: Db, personIds: readonly number[], addressIds: readonly number[]) =>
  db.run(eraseOf, [personIds, addressIds])
