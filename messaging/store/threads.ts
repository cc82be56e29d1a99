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
