/**
 * Table `conversation`: one row each, with its two rooms, whom it is with, by which channel she wrote last, and what the room says
 * of state and leader, repeated for lists. `state_place` and `assignment_place` are places in the room's timeline.
 */
import { type Db, sql } from '#platform/api.ts'

export type ConversationRow = {
  id: number
  publicId: string
  agencyId: number
  queueId: number
  roomId: number
  matrixRoomId: string
  notesRoomId: number
  matrixNotesRoomId: string
  citizenUserId: number
  citizenMatrixId: string
  personId: number | null
  addressId: number
  channelId: string
  kind: string
  sensitivity: string
  isReady: boolean
  state: string
  assigneeId: number | null
  openedTs: number
  updatedTs: number
  lastInTs: number | null
  lastOutTs: number | null
}

const columns = `c.id, c.public_id as "publicId", c.agency_id as "agencyId", c.queue_id as "queueId", c.room_id as "roomId",
  r.matrix_id as "matrixRoomId", c.notes_room_id as "notesRoomId", n.matrix_id as "matrixNotesRoomId",
  c.citizen_user_id as "citizenUserId", u.matrix_id as "citizenMatrixId", c.person_id as "personId",
  c.address_id as "addressId", c.channel_id as "channelId", c.kind, c.sensitivity, c.is_ready as "isReady", c.state,
  c.assignee_id as "assigneeId", c.opened_ts as "openedTs", c.updated_ts as "updatedTs", c.last_in_ts as "lastInTs",
  c.last_out_ts as "lastOutTs"`
const from = `from conversation c join room r on r.id = c.room_id join room n on n.id = c.notes_room_id
  join users u on u.id = c.citizen_user_id`
const byId = sql('conversation_by_id', `select ${columns} ${from} where c.id = $1`)
const byPublicId = sql('conversation_by_public_id', `select ${columns} ${from} where c.public_id = $1`)
const byRooms = sql('conversation_by_rooms', `select ${columns} ${from} where c.room_id = any($1::int[])`)
const byEitherRoom = sql(
  'conversation_by_either_room',
  `select ${columns} ${from} where c.room_id = any($1::int[]) or c.notes_room_id = any($1::int[])`,
)
const ofSubjects = sql(
  'conversation_of_subjects',
  `select ${columns} ${from} where c.agency_id = $1 and (c.person_id = any($2::bigint[]) or c.address_id = any($3::bigint[]))
   order by c.opened_ts desc, c.id desc`,
)
const page = sql(
  'conversation_page',
  `select ${columns} ${from} where c.agency_id = any($1::int[]) and ($2::int is null or c.queue_id = $2)
     and ($3::text[] is null or c.state = any($3)) and ($4::int is null or c.assignee_id = $4)
     and (not $5::boolean or c.assignee_id is null)
     and ($6::bigint is null or (c.updated_ts, c.id) < ($6, $7::int)) and c.is_ready
   order by c.updated_ts desc, c.id desc limit $8`,
)
const counts = sql(
  'conversation_counts',
  `select queue_id as "queueId", count(*)::int as open, (count(*) filter (where assignee_id is null))::int as unassigned
   from conversation where agency_id = any($1::int[]) and state <> 'closed' and is_ready group by queue_id`,
)
const insert = sql(
  'conversation_insert',
  `insert into conversation (public_id, agency_id, queue_id, room_id, notes_room_id, citizen_user_id, person_id, address_id,
     channel_id, kind, sensitivity, opened_ts, updated_ts)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) returning id`,
)
const setReady = sql('conversation_set_ready', 'update conversation set is_ready = true where id = $1')
const setPerson = sql(
  'conversation_set_person',
  'update conversation set person_id = $2 where id = $1 and person_id is null',
)
const setState = sql(
  'conversation_set_state',
  `update conversation set state = $2, state_place = $3, updated_ts = greatest(updated_ts, $4)
   where room_id = $1 and state_place < $3`,
)
const setAssignee = sql(
  'conversation_set_assignee',
  `update conversation set assignee_id = $2, assignment_place = $3, updated_ts = greatest(updated_ts, $4)
   where room_id = $1 and assignment_place < $3`,
)
const heard = sql(
  'conversation_heard',
  `update conversation set last_in_ts = greatest(last_in_ts, $2), updated_ts = greatest(updated_ts, $2),
     channel_id = coalesce($3, channel_id), kind = coalesce($4, kind) where id = $1`,
)
const answered = sql(
  'conversation_answered',
  `update conversation set last_out_ts = greatest(last_out_ts, $2), updated_ts = greatest(updated_ts, $2) where id = $1`,
)
const isWorkedOn = sql(
  'conversation_is_worked_on',
  `select 1 as one from conversation c join room_state s on s.room_id = c.room_id and s.user_id = $1
   where (c.person_id = $2 or c.address_id = any($3::bigint[])) and c.state <> 'closed'
     and s.to_position is null and s.membership = 2 limit 1`,
)
const remove = sql('conversation_delete', 'delete from conversation where id = $1')

export type ConversationInsert = {
  readonly publicId: string
  readonly agencyId: number
  readonly queueId: number
  readonly roomId: number
  readonly notesRoomId: number
  readonly citizenUserId: number
  readonly personId: number | undefined
  readonly addressId: number
  readonly channelId: string
  readonly kind: string
  readonly sensitivity: string
  readonly openedTs: number
}

export type ConversationFilter = {
  readonly agencyIds: readonly number[]
  readonly queueId?: number | undefined
  readonly states?: readonly string[] | undefined
  readonly assigneeId?: number | undefined
  /** Those that nobody leads. */
  readonly isUntaken: boolean
  readonly before?: { readonly updatedTs: number; readonly id: number } | undefined
  readonly limit: number
}

export const conversationRow = (db: Db, id: number) => db.row<ConversationRow>(byId, [id])
export const conversationRowByPublicId = (db: Db, id: string) => db.row<ConversationRow>(byPublicId, [id])
export const conversationRowsByRooms = (db: Db, roomIds: readonly number[]) =>
  db.rows<ConversationRow>(byRooms, [roomIds])
/** Those that any of these rooms belongs to, as their room or for notes. */
export const conversationRowsByEitherRoom = (db: Db, roomIds: readonly number[]) =>
  db.rows<ConversationRow>(byEitherRoom, [roomIds])
/** With people or addresses of one agency, the newest first. */
export const conversationRowsOf = (
  db: Db,
  agencyId: number,
  personIds: readonly number[],
  addressIds: readonly number[],
) => db.rows<ConversationRow>(ofSubjects, [agencyId, personIds, addressIds])

export const conversationPage = (db: Db, filter: ConversationFilter) =>
  db.rows<ConversationRow>(page, [
    filter.agencyIds,
    filter.queueId ?? null,
    filter.states ?? null,
    filter.assigneeId ?? null,
    filter.isUntaken,
    filter.before?.updatedTs ?? null,
    filter.before?.id ?? null,
    filter.limit,
  ])

export const conversationCounts = (db: Db, agencyIds: readonly number[]) =>
  db.rows<{ queueId: number; open: number; unassigned: number }>(counts, [agencyIds])

export async function insertConversation(db: Db, one: ConversationInsert): Promise<number> {
  const row = await db.row<{ id: number }>(insert, [
    one.publicId,
    one.agencyId,
    one.queueId,
    one.roomId,
    one.notesRoomId,
    one.citizenUserId,
    one.personId ?? null,
    one.addressId,
    one.channelId,
    one.kind,
    one.sensitivity,
    one.openedTs,
  ])
  if (row === undefined) throw new Error('a conversation that was inserted is not there')
  return row.id
}

export const setConversationReady = (db: Db, id: number) => db.run(setReady, [id])

/** Unless it is known already. */
export const setConversationPerson = (db: Db, id: number, personId: number) => db.run(setPerson, [id, personId])

/** `place`: of the event that says so. */
export const setConversationState = (db: Db, roomId: number, state: string, place: number, ts: number) =>
  db.run(setState, [roomId, state, place, ts])

export const setConversationAssignee = (
  db: Db,
  roomId: number,
  userId: number | undefined,
  place: number,
  ts: number,
) => db.run(setAssignee, [roomId, userId ?? null, place, ts])

export type Hearing = { readonly ts: number; readonly channelId?: string; readonly kind?: string }
export const conversationHeard = (db: Db, id: number, { ts, channelId, kind }: Hearing) =>
  db.run(heard, [id, ts, channelId ?? null, kind ?? null])
export const conversationAnswered = (db: Db, id: number, ts: number) => db.run(answered, [id, ts])

/** Whether somebody is in the room of an open conversation with the person, or of one of her addresses. */
export async function isConversationWorkedOn(
  db: Db,
  userId: number,
  whose: { readonly personId: number; readonly addressIds: readonly number[] },
): Promise<boolean> {
  return (await db.row(isWorkedOn, [userId, whose.personId, whose.addressIds])) !== undefined
}

export const deleteConversation = (db: Db, id: number) => db.run(remove, [id])
