/**
 * What unread counts are made of: tables `thread_event` (counted events of threads) and `uncounted_event` (counted events that were
 * redacted since) and, read together with them, `room_head`,
 * `receipt`, `room_state`, `event` and `mention`. All bounded by places in timelines.
 */
import { type Db, sql } from '#platform/api.ts'

export type HeadPlaceRow = { roomId: number; ordering: number }
export type ThreadPlaceRow = { roomId: number; thread: string; ordering: number }
export type CountSpan = { roomId: number; after: number; upTo: number }

const heads = sql('unread_heads', 'select room_id as "roomId", ordering from room_head where room_id = any($1::int[])')
const receipts = sql(
  'unread_receipts',
  `select room_id as "roomId", thread, max(ordering) as ordering from receipt
   where user_id = $1 and room_id = any($2::int[]) group by room_id, thread`,
)
/** Where the present stay of a person in each room began; a new name within the stay is no new beginning. */
const stays = sql(
  'unread_stays',
  `select r.room_id as "roomId", t.ordering from unnest($2::int[]) as r(room_id)
   cross join lateral (
     select e.ordering from room_state s join event e on e.id = s.event_id
     where s.user_id = $1 and s.room_id = r.room_id and s.membership = 2
       and s.from_position > coalesce((
         select max(o.from_position) from room_state o
         where o.user_id = $1 and o.room_id = r.room_id and o.membership <> 2), -1)
     order by s.from_position limit 1) t`,
)
const ownInMain = sql(
  'unread_own_in_main',
  `select r.room_id as "roomId", t.ordering from unnest($2::int[], $4::bigint[]) as r(room_id, after)
   cross join lateral (
     select e.ordering from event e
     where e.room_id = r.room_id and e.sender_id = $1 and e.ordering > r.after and e.type = any($3::text[])
       and (e.relation is null or e.relation not in ('m.replace', 'm.thread'))
       and not exists (select 1 from thread_event t where t.room_id = e.room_id and t.ordering = e.ordering)
     order by e.ordering desc limit 1) t`,
)
const ownInThreads = sql(
  'unread_own_in_threads',
  `select room_id as "roomId", root as thread, max(ordering) as ordering from thread_event
   where sender_id = $1 and room_id = any($2::int[]) group by room_id, root`,
)
/** The running count of a room at the end of a span less that at its beginning, and the same of its threads alone. */
const counted = sql(
  'unread_counted',
  `select p.room_id as "roomId",
     coalesce((select e.notify_count from event e where e.room_id = p.room_id and e.ordering <= p.up_to
               order by e.ordering desc limit 1), 0)
     - coalesce((select e.notify_count from event e where e.room_id = p.room_id and e.ordering <= p.after
                 order by e.ordering desc limit 1), 0)
     - coalesce((select t.total from thread_event t where t.room_id = p.room_id and t.ordering <= p.up_to
                 order by t.ordering desc limit 1), 0)
     + coalesce((select t.total from thread_event t where t.room_id = p.room_id and t.ordering <= p.after
                 order by t.ordering desc limit 1), 0)
     - (select count(*) from uncounted_event u
        where u.room_id = p.room_id and u.thread = 'main' and u.ordering > p.after and u.ordering <= p.up_to) as count
   from unnest($1::int[], $2::bigint[], $3::bigint[]) as p(room_id, after, up_to)`,
)
const threads = sql(
  'unread_threads',
  `select t.room_id as "roomId", t.root as thread, count(*) as count
   from unnest($1::int[], $2::bigint[], $3::bigint[]) as p(room_id, after, up_to)
   join thread_event t on t.room_id = p.room_id and t.ordering > p.after and t.ordering <= p.up_to
   left join unnest($4::int[], $5::text[], $6::bigint[]) as b(room_id, root, ordering)
     on b.room_id = t.room_id and b.root = t.root
   where (b.ordering is null or t.ordering > b.ordering)
     and not exists (select from uncounted_event u where u.room_id = t.room_id and u.ordering = t.ordering)
   group by t.room_id, t.root`,
)

export const headPlaces = (db: Db, roomIds: readonly number[]) => db.rows<HeadPlaceRow>(heads, [roomIds])

/** The furthest receipts of a person, public or private, by thread; the thread of one for the whole room is empty. */
export const receiptPlaces = (db: Db, userId: number, roomIds: readonly number[]) =>
  db.rows<ThreadPlaceRow>(receipts, [userId, roomIds])

export const stayPlaces = (db: Db, userId: number, roomIds: readonly number[]) =>
  db.rows<HeadPlaceRow>(stays, [userId, roomIds])

/** The last of a person's own events of the types given in each main timeline, above a place. */
export const ownPlacesInMain = (
  db: Db,
  userId: number,
  types: readonly string[],
  at: readonly { roomId: number; ordering: number }[],
) => {
  const rooms = at.map((one) => one.roomId)
  const after = at.map((one) => one.ordering)
  return db.rows<HeadPlaceRow>(ownInMain, [userId, rooms, types, after])
}

export const ownPlacesInThreads = (db: Db, userId: number, roomIds: readonly number[]) =>
  db.rows<ThreadPlaceRow>(ownInThreads, [userId, roomIds])

/** Counted events of main timelines. */
export const countsInMain = (db: Db, spans: readonly CountSpan[]) =>
  db.rows<{ roomId: number; count: number }>(counted, columnsOf(spans))

/** Counted events by thread, of each thread above the place that is given for it. */
export const countsInThreads = (db: Db, spans: readonly CountSpan[], above: readonly ThreadPlaceRow[]) =>
  db.rows<{ roomId: number; thread: string; count: number }>(threads, [
    ...columnsOf(spans),
    above.map((one) => one.roomId),
    above.map((one) => one.thread),
    above.map((one) => one.ordering),
  ])

function columnsOf(spans: readonly CountSpan[]): unknown[] {
  return [spans.map((one) => one.roomId), spans.map((one) => one.after), spans.map((one) => one.upTo)]
}
