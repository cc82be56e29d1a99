/**
 * Table `room_state`: the resolved state of rooms as intervals of log positions, [from_position, to_position), the
 * latter null while it holds. Membership is readable here; every other content lies sealed in `event`.
 * Rows are written only by the database functions `append_events` and `apply_state`.
 */
import { type Db, sql } from '#platform/api.ts'

export type MemberRow = { roomId: number; userId: number; membership: number; eventId: number; matrixId: string }
export type StateEventRow = { roomId: number; type: string; stateKey: string; eventId: number }
export type MembershipStep = { membership: number; eventId: number; position: number; ordering: number }
export type MembershipRow = { roomId: number; membership: number; eventId: number; position: number }

const membersNow = sql(
  'room_state_members_now',
  `select s.room_id as "roomId", s.user_id as "userId", s.membership, s.event_id as "eventId", e.matrix_id as "matrixId"
   from room_state s join event e on e.id = s.event_id
   where s.room_id = any($1::int[]) and s.type = 'm.room.member' and s.to_position is null and s.user_id is not null`,
)
const othersNow = sql(
  'room_state_others_now',
  `select room_id as "roomId", type, state_key as "stateKey", event_id as "eventId"
   from room_state where room_id = any($1::int[]) and to_position is null and user_id is null`,
)
const membershipsOfUser = sql(
  'room_state_memberships_of_user',
  `select room_id as "roomId", membership, event_id as "eventId", from_position as position
   from room_state where user_id = $1 and to_position is null`,
)
const held = 's.from_position <= p.position and (s.to_position is null or s.to_position > p.position)'
const stateAt = sql(
  'room_state_at',
  `select p.room_id as "roomId", s.event_id as "eventId", s.user_id as "userId"
   from unnest($1::int[], $2::bigint[]) as p(room_id, position)
   join room_state s on s.room_id = p.room_id and ${held}`,
)
const othersAt = sql(
  'room_state_others_at',
  `select p.room_id as "roomId", s.event_id as "eventId"
   from unnest($1::int[], $2::bigint[]) as p(room_id, position)
   join room_state s on s.room_id = p.room_id and s.user_id is null and ${held}
     and ($3::text[] is null or s.type = any($3))`,
)
const peopleAt = sql(
  'room_state_people_at',
  `select s.room_id as "roomId", s.event_id as "eventId"
   from unnest($1::int[], $2::bigint[], $3::int[]) as p(room_id, position, user_id)
   join room_state s on s.user_id = p.user_id and s.room_id = p.room_id and ${held}`,
)
const apart = sql(
  'room_state_apart',
  `select s.room_id as "roomId", s.membership, s.from_position as position, e.origin_ts as ts,
          e.sender_id = $1 as "isOwnAct", u.matrix_id as sender, f.event_id is not null as "isForgotten",
          exists (select 1 from room_state p where p.user_id = $1 and p.room_id = s.room_id and p.membership = 2)
            as "wasJoined"
   from room_state s join event e on e.id = s.event_id join users u on u.id = e.sender_id
   left join forgotten_room f on f.user_id = $1 and f.room_id = s.room_id and f.event_id = s.event_id
   where s.user_id = $1 and s.to_position is null and s.membership <> 2`,
)
/** In two halves, so that a handful of people are found without going through all who are in the rooms. */
const stateAtOfSome = sql(
  'room_state_at_of_some',
  `with p as (select * from unnest($1::int[], $2::bigint[]) as p(room_id, position))
   select p.room_id as "roomId", s.event_id as "eventId", s.user_id as "userId"
   from p join room_state s on s.room_id = p.room_id and s.user_id is null and ${held}
   union all
   select p.room_id, s.event_id, s.user_id
   from p join room_state s on s.room_id = p.room_id and s.user_id = any($3::int[]) and ${held}`,
)
const membersAt = sql(
  'room_state_members_at',
  `select s.event_id as "eventId" from room_state s
   where s.user_id = any($3::int[]) and s.room_id = $1 and s.from_position <= $2
     and (s.to_position is null or s.to_position > $2)`,
)
const changedBetween = sql(
  'room_state_changed_between',
  `select s.event_id as "eventId", s.user_id as "userId"
   from room_state s
   where s.room_id = $1 and s.from_position > $2 and s.from_position <= $3
     and (s.to_position is null or s.to_position > $3)`,
)
const membershipHistory = sql(
  'room_state_membership_history',
  `select s.membership, s.event_id as "eventId", s.from_position as position, e.ordering
   from room_state s join event e on e.id = s.event_id
   where s.room_id = $1 and s.user_id = $2 order by s.from_position`,
)
const historyOfType = sql(
  'room_state_history_of_type',
  `select s.event_id as "eventId", e.ordering
   from room_state s join event e on e.id = s.event_id
   where s.room_id = $1 and s.user_id is null and s.type = $2 and s.state_key = '' order by s.from_position`,
)
const membershipsAt = sql(
  'room_state_memberships_at',
  `select room_id as "roomId", membership from room_state
   where user_id = $1 and room_id = any($2::int[]) and from_position <= $3
     and (to_position is null or to_position > $3)`,
)
const memberEventsAt = sql(
  'room_state_member_events_at',
  `select event_id as "eventId" from room_state
   where room_id = $1 and type = 'm.room.member' and from_position <= $2 and (to_position is null or to_position > $2)`,
)

const successor = sql(
  'room_state_successor',
  `select n.event_id as "eventId" from room_state s
   join room_state n on n.room_id = s.room_id and n.type = s.type and n.state_key = s.state_key
     and n.from_position = s.to_position
   where s.room_id = $1 and s.event_id = $2`,
)

export const memberRows = (db: Db, roomIds: readonly number[]) => db.rows<MemberRow>(membersNow, [roomIds])
export const otherStateRows = (db: Db, roomIds: readonly number[]) => db.rows<StateEventRow>(othersNow, [roomIds])
export const membershipRows = (db: Db, userId: number) => db.rows<MembershipRow>(membershipsOfUser, [userId])

/**
 * The state of several rooms, each at a position of its own. With `members`, of the member events only those of the
 * users given; without it all.
 */
export function stateRowsAt(
  db: Db,
  at: readonly { roomId: number; position: number }[],
  members?: readonly number[],
): Promise<{ roomId: number; eventId: number; userId: number | null }[]> {
  const places = [at.map((one) => one.roomId), at.map((one) => one.position)]
  return members === undefined ? db.rows(stateAt, places) : db.rows(stateAtOfSome, [...places, members])
}

type PlacedState = { roomId: number; eventId: number }

/** State of several rooms that is no membership, each at a position of its own; `types` bounds it, when given. */
export const otherStateRowsAt = (
  db: Db,
  at: readonly { roomId: number; position: number }[],
  types: readonly string[] | undefined,
) => db.rows<PlacedState>(othersAt, [at.map((one) => one.roomId), at.map((one) => one.position), types ?? null])

/** Member events of people, each in one room and at one position. */
export const memberEventRowsAt = (db: Db, at: readonly { roomId: number; position: number; userId: number }[]) =>
  db.rows<PlacedState>(peopleAt, [
    at.map((one) => one.roomId),
    at.map((one) => one.position),
    at.map((one) => one.userId),
  ])

export type ApartRow = {
  roomId: number
  membership: number
  position: number
  ts: number
  /** Who set it, as Matrix id. */
  sender: string
  isOwnAct: boolean
  isForgotten: boolean
  wasJoined: boolean
}

/** Rooms that a person has a tie with and is not in. */
export const apartRows = (db: Db, userId: number) => db.rows<ApartRow>(apart, [userId])

/** The member events that some people had in a room at a position. */
export const memberRowsAt = (db: Db, roomId: number, position: number, userIds: readonly number[]) =>
  db.rows<{ eventId: number }>(membersAt, [roomId, position, userIds])

/** What became state after `after` and still held at `until`. */
export function stateRowsBetween(db: Db, roomId: number, after: number, until: number) {
  return db.rows<{ eventId: number; userId: number | null }>(changedBetween, [roomId, after, until])
}

/** Every membership that a user had in a room, in order, with the place in the timeline where it began. */
export const membershipHistoryRows = (db: Db, roomId: number, userId: number) =>
  db.rows<MembershipStep>(membershipHistory, [roomId, userId])

export const stateHistoryRows = (db: Db, roomId: number, type: string) =>
  db.rows<{ eventId: number; ordering: number }>(historyOfType, [roomId, type])

/** The event that replaced a state event. */
export const stateSuccessorRow = (db: Db, roomId: number, eventId: number) =>
  db.row<{ eventId: number }>(successor, [roomId, eventId])

export const membershipRowsAt = (db: Db, userId: number, roomIds: readonly number[], position: number) =>
  db.rows<{ roomId: number; membership: number }>(membershipsAt, [userId, roomIds, position])

const oneAt = sql(
  'room_state_one_at',
  `select event_id as "eventId" from room_state
   where room_id = $1 and type = $2 and state_key = $3 and from_position <= $4
     and (to_position is null or to_position > $4)`,
)

/** `stateKey` as it is stored: `storedStateKey`. */
export const stateRowAt = (db: Db, at: { roomId: number; type: string; stateKey: string; position: number }) =>
  db.row<{ eventId: number }>(oneAt, [at.roomId, at.type, at.stateKey, at.position])

export const memberEventIdsAt = (db: Db, roomId: number, position: number) =>
  db.rows<{ eventId: number }>(memberEventsAt, [roomId, position])
