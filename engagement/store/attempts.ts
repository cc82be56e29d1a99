/** Table `attempt`: one request to one provider, or the wish for one. Its state only grows: `greatest`, in every statement. */
import { type Db, sql } from '#platform/api.ts'

export type AttemptRow = {
  id: number
  publicId: string
  sendId: number
  agencyId: number
  conversationId: number | null
  addressId: number
  channelId: string
  form: 'words' | 'notice'
  state: number
  refusals: number
  dueTs: number
  reason: string
  sendingTs: number | null
  reference: string | null
  code: string | null
  failure: string | null
  isFinal: boolean
  retryTs: number | null
  looks: number
  createdTs: number
  changedTs: number
}

export type AttemptInsert = Pick<
  AttemptRow,
  'publicId' | 'agencyId' | 'conversationId' | 'addressId' | 'channelId' | 'form' | 'refusals' | 'dueTs' | 'reason'
> & {
  /** The public id of its send. */
  readonly send: string
  /** It is this server's, and passed its gate in this very transaction. */
  readonly begins: boolean
}

/** What was heard of an attempt. */
export type Heard = {
  readonly id: number
  readonly state: number
  readonly reference?: string | undefined
  readonly code?: string | undefined
  readonly failure?: string | undefined
  /** A failure for good. */
  readonly isFinal?: boolean | undefined
  readonly retryTs?: number | undefined
  readonly lookTs?: number | undefined
}

/** An attempt after something was heard of it, with its state before. */
export type ChangedAttempt = AttemptRow & { readonly before: number }

const columns = `a.id, a.public_id as "publicId", a.send_id as "sendId", a.agency_id as "agencyId",
  a.conversation_id as "conversationId", a.address_id as "addressId", a.channel_id as "channelId", a.form, a.state,
  a.refusals, a.due_ts as "dueTs", a.reason, a.sending_ts as "sendingTs", a.reference, a.code, a.failure, a.is_final as "isFinal",
  a.retry_ts as "retryTs", a.looks,
  a.created_ts as "createdTs", a.changed_ts as "changedTs"`

const insert = sql(
  'attempt_insert',
  `with made as (
     insert into attempt (public_id, send_id, agency_id, conversation_id, address_id, channel_id, form, refusals, due_ts, reason,
                          state, sending_ts, taken_by, taken_until, created_ts, changed_ts)
     select g.public_id, s.id, g.agency_id, g.conversation_id, g.address_id, g.channel_id, g.form, g.refusals, g.due_ts,
            g.reason, case when g.begins then 1 else 0 end, case when g.begins then $12::bigint end,
            case when g.begins then $13::int end,
            case when g.begins then clock_timestamp() + $14 * interval '1 ms' end, $12, $12
     from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::int[],
                 $9::bigint[], $10::text[], $11::boolean[])
       as g (public_id, send, agency_id, conversation_id, address_id, channel_id, form, refusals, due_ts, reason, begins)
     join send s on s.public_id = g.send
     returning id, public_id, send_id)
   select m.id, m.public_id as "publicId", m.send_id as "sendId" from made m`,
)
/** What is said earlier in a conversation goes first; only what may have left already is waited for no longer. */
const take = sql(
  'attempt_take',
  `update attempt a set taken_by = $1, taken_until = clock_timestamp() + $2 * interval '1 ms'
   where a.id in (
     select b.id from attempt b
     where b.state = 0 and b.due_ts <= $3 and (b.taken_until is null or b.taken_until < clock_timestamp())
       and b.channel_id <> all($4::text[])
       and not exists (select 1 from attempt c
                       where c.conversation_id = b.conversation_id and c.send_id < b.send_id and c.state <= 1)
     order by b.due_ts, b.id limit $5 for update skip locked)
   returning ${columns}`,
)
/** Only those that are still this server's. */
const begin = sql(
  'attempt_begin',
  `update attempt a set state = 1, sending_ts = $3, changed_ts = $3, taken_until = clock_timestamp() + $4 * interval '1 ms'
   where a.id = any($1::bigint[]) and a.taken_by = $2 and a.state <= 1 returning a.id`,
)
const release = sql(
  'attempt_release',
  `update attempt a set taken_by = null, taken_until = null, due_ts = greatest(a.due_ts, $3)
   where a.id = any($1::bigint[]) and a.taken_by = $2 and a.state = 0`,
)
/** What a server had in hand when it died. */
const releaseDead = sql(
  'attempt_release_dead',
  `update attempt set taken_until = clock_timestamp() - interval '1 ms'
   where state <= 1 and taken_by = $1 and taken_until > clock_timestamp()`,
)
const hear = sql(
  'attempt_hear',
  `with heard as (
     select * from unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                           $7::boolean[], $8::bigint[])
       as h (id, state, reference, code, failure, look_ts, is_final, retry_ts)),
   known as (select id, state from attempt where id in (select id from heard) order by id for update)
   update attempt a set
     state = greatest(a.state, h.state),
     reference = coalesce(a.reference, h.reference),
     code = case when h.state > a.state then coalesce(h.code, a.code) else a.code end,
     failure = case when h.state > a.state then coalesce(h.failure, a.failure) else a.failure end,
     is_final = case when h.state > a.state then h.is_final else a.is_final end,
     retry_ts = h.retry_ts,
     look_ts = h.look_ts,
     changed_ts = case when h.state > a.state then $9 else a.changed_ts end
   from heard h, known k where h.id = a.id and k.id = a.id
   returning ${columns}, k.state as before`,
)
const byNames = sql(
  'attempt_by_names',
  `select ${columns} from attempt a
   where a.public_id = any($1::text[])
   union
   select ${columns} from attempt a
   join unnest($2::text[], $3::text[]) as r (channel_id, reference)
     on a.channel_id = r.channel_id and a.reference = r.reference`,
)
const ofSends = sql(
  'attempt_of_sends',
  `select ${columns} from attempt a where a.send_id = any($1::bigint[]) order by a.id`,
)
const byPublicId = sql('attempt_by_public_id', `select ${columns} from attempt a where a.public_id = $1`)
const withhold = sql(
  'attempt_withhold',
  `update attempt a set state = 8, code = $2, changed_ts = $3 where a.send_id = any($1::bigint[]) and a.state = 0`,
)
const lapse = sql(
  'attempt_lapse',
  `update attempt a set state = 2, look_ts = $1, changed_ts = $1
   where a.id in (select b.id from attempt b where b.state = 1 and b.taken_until < clock_timestamp()
                  order by b.id limit $2 for update skip locked)
   returning ${columns}`,
)
const takeUnknown = sql(
  'attempt_take_unknown',
  `update attempt a set look_ts = $3, looks = a.looks + 1
   where a.id in (select b.id from attempt b where b.state = 2 and b.look_ts <= $1
                  order by b.look_ts limit $2 for update skip locked)
   returning ${columns}`,
)
const lastPurposes = sql(
  'attempt_last_purposes',
  `select s.purpose_id as "purposeId" from attempt a join send s on s.id = a.send_id
   where a.address_id = $1 and a.channel_id = $2 and a.sending_ts is not null and s.kind <> 'question'
     and a.state <> 8 and (not $4 or a.state in (3, 4, 6, 7))
   group by s.purpose_id order by max(a.sending_ts) desc, max(a.id) desc limit $3`,
)
const lastAgency = sql(
  'attempt_last_agency',
  `select agency_id as "agencyId" from attempt
   where address_id = any($1::bigint[]) and channel_id = $2 and sending_ts is not null and state <> 8
   order by sending_ts desc limit 1`,
)
const takenReferences = sql(
  'attempt_taken_references',
  `select reference from attempt where address_id = $1 and channel_id = $2 and id <> $3 and reference is not null
   order by sending_ts desc limit 100`,
)
const references = sql(
  'attempt_references',
  `select a.channel_id as "channelId", a.reference from attempt a join send s on s.id = a.send_id
   where a.reference is not null and (s.person_id = any($1::bigint[]) or s.address_id = any($2::bigint[]))`,
)

/** In any order; those whose send is not there are left out. */
export const insertAttempts = (
  db: Db,
  rows: readonly AttemptInsert[],
  how: { node: number; nowTs: number; leaseMs: number },
) =>
  db.rows<Pick<AttemptRow, 'id' | 'publicId' | 'sendId'>>(insert, [
    rows.map(({ publicId }) => publicId),
    rows.map(({ send }) => send),
    rows.map(({ agencyId }) => agencyId),
    rows.map(({ conversationId }) => conversationId),
    rows.map(({ addressId }) => addressId),
    rows.map(({ channelId }) => channelId),
    rows.map(({ form }) => form),
    rows.map(({ refusals }) => refusals),
    rows.map(({ dueTs }) => dueTs),
    rows.map(({ reason }) => reason),
    rows.map(({ begins }) => begins),
    how.nowTs,
    how.node,
    how.leaseMs,
  ])

export type TakeWish = {
  readonly node: number
  readonly leaseMs: number
  readonly nowTs: number
  /** Channels that take nothing at this moment. */
  readonly notBy: readonly string[]
  readonly limit: number
}

/** Takes what is due, for a while. Two servers that look at the same moment take different ones. */
export const takeAttempts = (db: Db, { node, leaseMs, nowTs, notBy, limit }: TakeWish) =>
  db.rows<AttemptRow>(take, [node, leaseMs, nowTs, notBy, limit])

/** Marks as being sent; tells which of them are still this server's to send. */
export async function beginAttempts(
  db: Db,
  ids: readonly number[],
  how: { node: number; nowTs: number; leaseMs: number },
): Promise<Set<number>> {
  const begun = await db.rows<{ id: number }>(begin, [ids, how.node, how.nowTs, how.leaseMs])
  return new Set(begun.map(({ id }) => id))
}

export const releaseAttempts = (db: Db, ids: readonly number[], node: number, dueTs: number) =>
  db.run(release, [ids, node, dueTs])

export const releaseAttemptsOfDead = (db: Db, node: number) => db.run(releaseDead, [node])

/** Moves each forwards, or not at all. Of several about one attempt, give the furthest. */
export const hearOfAttempts = (db: Db, heard: readonly Heard[], nowTs: number) =>
  db.rows<ChangedAttempt>(hear, [
    heard.map(({ id }) => id),
    heard.map(({ state }) => state),
    heard.map(({ reference }) => reference ?? null),
    heard.map(({ code }) => code ?? null),
    heard.map(({ failure }) => failure ?? null),
    heard.map(({ lookTs }) => lookTs ?? null),
    heard.map(({ isFinal }) => isFinal ?? false),
    heard.map(({ retryTs }) => retryTs ?? null),
    nowTs,
  ])

/** By our own id, or by the provider's reference on a channel. */
export const attemptsByNames = (
  db: Db,
  publicIds: readonly string[],
  references: readonly { channelId: string; reference: string }[],
) =>
  db.rows<AttemptRow>(byNames, [
    publicIds,
    references.map(({ channelId }) => channelId),
    references.map(({ reference }) => reference),
  ])

export const attemptsOfSends = (db: Db, sendIds: readonly number[]) => db.rows<AttemptRow>(ofSends, [sendIds])
export const attemptByPublicId = (db: Db, publicId: string) => db.row<AttemptRow>(byPublicId, [publicId])
/** What is still queued of these sends goes no more. */
export const withholdQueued = (db: Db, sendIds: readonly number[], code: string, nowTs: number) =>
  db.run(withhold, [sendIds, code, nowTs])
/** Servers that died left these behind: nobody knows whether the provider has them. */
export const lapseAttempts = (db: Db, nowTs: number, limit: number) => db.rows<AttemptRow>(lapse, [nowTs, limit])
/** Whose fate is to be asked for; others may ask again from `againTs` on. */
export const takeUnknownAttempts = (db: Db, nowTs: number, limit: number, againTs: number) =>
  db.rows<AttemptRow>(takeUnknown, [nowTs, limit, againTs])

/** Purposes about which something has left from a sender to an address, or may have unless `onlyTaken`; the newest first. */
export async function purposesLastSent(
  db: Db,
  line: { addressId: number; channelId: string; onlyTaken: boolean; limit: number },
): Promise<number[]> {
  const { addressId, channelId, onlyTaken, limit } = line
  const rows = await db.rows<{ purposeId: number }>(lastPurposes, [addressId, channelId, limit, onlyTaken])
  return rows.map(({ purposeId }) => purposeId)
}

/** Which agency last sent something from a sender to one of the addresses. */
export const agencyLastSentTo = async (db: Db, addressIds: readonly number[], channelId: string) =>
  (await db.row<{ agencyId: number }>(lastAgency, [addressIds, channelId]))?.agencyId

/** What providers took of what was sent to people or addresses, by their names for it. */
export const referencesOf = (db: Db, personIds: readonly number[], addressIds: readonly number[]) =>
  db.rows<{ channelId: string; reference: string }>(references, [personIds, addressIds])

export async function otherReferences(db: Db, attempt: AttemptRow): Promise<Set<string>> {
  const { addressId, channelId, id } = attempt
  const rows = await db.rows<{ reference: string }>(takenReferences, [addressId, channelId, id])
  return new Set(rows.map(({ reference }) => reference))
}
