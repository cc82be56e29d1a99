/** Tables `log` and `room_state`, read for one question: of whose devices must a person hear? */
import { type Db, sql } from '#platform/api.ts'

export type ConcernedRow = {
  userId: number
  /** Whether devices or keys of the person changed. */
  isListed: boolean
  /** Whether the two share a room, at the beginning and at the end. */
  before: boolean
  now: boolean
}

const joinedAt = (alias: string, position: string) =>
  `${alias}.membership = 2 and ${alias}.from_position <= ${position}
   and (${alias}.to_position is null or ${alias}.to_position > ${position})`

const concerned = sql(
  'device_list_concerned',
  `with before as materialized (
     select room_id from room_state s where s.user_id = $1 and ${joinedAt('s', '$2')}),
   now as materialized (select unnest($4::int[]) as room_id),
   listed as materialized (
     select distinct user_id from log
     where kind = 6 and position > $2 and position <= $3 and (reference is null or reference = $1)),
   concerned as (
     select user_id from listed
     union
     select s.user_id from room_state s
     where s.room_id in (select room_id from now union select room_id from before)
       and s.from_position > $2 and s.from_position <= $3 and s.user_id is not null
     union
     select s.user_id from room_state s
     where s.room_id in (select room_id from now except select room_id from before) and s.user_id is not null
       and ${joinedAt('s', '$3')}
     union
     select s.user_id from room_state s
     where s.room_id in (select room_id from before except select room_id from now) and s.user_id is not null
       and ${joinedAt('s', '$2')})
   select c.user_id as "userId",
     exists (select 1 from listed l where l.user_id = c.user_id) as "isListed",
     exists (select 1 from room_state s join before using (room_id)
             where s.user_id = c.user_id and ${joinedAt('s', '$2')}) as before,
     exists (select 1 from room_state s join now using (room_id)
             where s.user_id = c.user_id and ${joinedAt('s', '$3')}) as now
   from concerned c`,
)
const membershipBefore = sql(
  'room_state_membership_before',
  `select p.membership from room_state s
   join room_state p on p.room_id = s.room_id and p.user_id = s.user_id and p.to_position = s.from_position
   where s.room_id = $1 and s.user_id = $2 and s.event_id = $3`,
)

/**
 * Everybody whose devices changed in (after, until], or who came into a room of the person's or left one, or in whose room
 * she came or whose she left; `joined` are the rooms that she is in at the end.
 */
export const concernedByDeviceLists = (
  db: Db,
  userId: number,
  range: { after: number; until: number; joined: readonly number[] },
) => db.rows<ConcernedRow>(concerned, [userId, range.after, range.until, range.joined])

/** The membership that a member event ended; undefined when it was the first. */
export const membershipRowBefore = (db: Db, event: { roomId: number; userId: number; eventId: number }) =>
  db.row<{ membership: number }>(membershipBefore, [event.roomId, event.userId, event.eventId])
