/** Table `thread`: threads by their newest reply. The database function `append_events` keeps it. */
import { type Db, sql } from '#platform/api.ts'
import { inTimeline, multirange, type Places } from './events.ts'

export type ThreadRow = { id: number; latest: number }

/** $3: whether only threads are wanted in which $4 took part. */
const participated = (places: string) => `(not $3::boolean or r.sender_id = $4 or exists (
  select from event p where p.relates_to = r.matrix_id and p.relation = 'm.thread' and p.sender_id = $4 and p.room_id = $1
    and p.redacted_by is null ${places}))`

/** Read along the index by the newest reply, so that a page costs what a page holds. */
const newest = sql(
  'thread_newest',
  `select r.id, t.latest from thread t join event r on r.matrix_id = t.root and r.room_id = t.room_id
   where t.room_id = $1 and t.latest <= $2 and ${participated('')}
   order by t.latest desc limit $5`,
)
/** The newest reply is another one for whoever does not see them all: a look-up for each thread of which that is so. */
const newestSeen = sql(
  'thread_newest_seen',
  `select r.id, l.latest from thread t join event r on r.matrix_id = t.root and r.room_id = t.room_id
   cross join lateral (select case when t.latest <@ $6::int8multirange then t.latest else (
     select e.ordering from event e
     where e.relates_to = t.root and e.relation = 'm.thread' and e.room_id = t.room_id and e.redacted_by is null
       and ${inTimeline} and e.ordering <= $7 and e.ordering <@ $6::int8multirange
     order by e.ordering desc limit 1) end as latest offset 0) l
   where t.room_id = $1 and l.latest <= $2 and ${participated('and p.ordering <@ $6::int8multirange')}
   order by l.latest desc limit $5`,
)

export type ThreadQuery = {
  readonly roomId: number
  /** Threads whose newest reply lies further up were told already. */
  readonly upTo: number
  readonly participatedBy: number | undefined
  readonly limit: number
  /** Where the reader sees what is said; undefined for everywhere. */
  readonly places: readonly Places[] | undefined
}

/** Roots of the room's threads by their newest reply, newest first. */
export function threadRows(db: Db, query: ThreadQuery): Promise<ThreadRow[]> {
  const { roomId, upTo, participatedBy, limit, places } = query
  const values = [roomId, upTo, participatedBy !== undefined, participatedBy ?? 0, limit]
  if (places === undefined) return db.rows(newest, values)
  const ceiling = places.reduce((max, { to }) => Math.max(max, to), 0)
  return db.rows(newestSeen, [...values, multirange(places), ceiling])
}

export type ThreadChange = { roomId: number; root: string; rootId: number; position: number }

const changed = sql(
  'thread_changed',
  `select t.room_id as "roomId", t.root, r.id as "rootId", t.position from thread t
   join event r on r.matrix_id = t.root and r.room_id = t.room_id
   where t.room_id = any($1::int[]) and t.position > $2 and t.position <= $3
   order by t.position desc limit $4`,
)
/** Of each thread no more than `$5` replies are counted. */
const replies = sql(
  'thread_replies_since',
  `select k.n::int - 1 as n, c.count::int as count, c.latest
   from unnest($1::int[], $2::text[], $3::bigint[], $4::text[]) with ordinality as k(room_id, root, after, places, n)
   cross join lateral (
     select count(*) as count, max(o.ordering) as latest from (
       select e.ordering from event e
       where e.relates_to = k.root and e.relation = 'm.thread' and e.room_id = k.room_id and e.redacted_by is null
         and ${inTimeline} and e.ordering > k.after and e.ordering <@ k.places::int8multirange
         and e.sender_id <> all (array(select id from users where matrix_id = any($6::text[])))
       order by e.ordering desc limit $5) o) c
   where c.count > 0`,
)

/** Threads whose newest reply came in (after, until], the newest first. */
export const threadsChanged = (db: Db, roomIds: readonly number[], after: number, until: number, limit: number) =>
  db.rows<ThreadChange>(changed, [roomIds, after, until, limit])

type RepliesQuery = { roomId: number; root: string; after: number; places: readonly Places[] }

/**
 * How many replies of each thread stand behind a place in the timeline and are told, which those of the ignored (Matrix ids) are
 * not; by the thread's place in the list.
 */
export async function repliesSince(
  db: Db,
  threads: readonly RepliesQuery[],
  ignored: ReadonlySet<string>,
  countMax: number,
): Promise<Map<number, { count: number; latest: number }>> {
  if (threads.length === 0) return new Map()
  const rows = await db.rows<{ n: number; count: number; latest: number }>(replies, [
    threads.map((thread) => thread.roomId),
    threads.map((thread) => thread.root),
    threads.map((thread) => thread.after),
    threads.map((thread) => multirange(thread.places)),
    countMax,
    [...ignored],
  ])
  return new Map(rows.map(({ n, count, latest }) => [n, { count, latest }]))
}
