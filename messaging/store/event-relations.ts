/**
 * Table `event` by what its events say of one another (`relates_to`, `relation`). What belongs to an event is always of the same
 * room, not redacted, and at places that the reader sees.
 */
import { type Db, limits, sql } from '#platform/api.ts'
import { type EventRow, eventColumns, inTimeline, multirange, type Places } from './events.ts'

/** People who are known by their Matrix ids, found once a statement. */
const byNone = (ids: string) => `e.sender_id <> all (array(select id from users where matrix_id = any(${ids}::text[])))`
const stands = `e.redacted_by is null and ${inTimeline}`
const wanted = `($3::text is null or e.type = $3) and e.ordering > $4 and e.ordering <= $5
   and e.ordering <@ $6::int8multirange`

/** Four statements, so that each is read in the order of an index. */
function pageOf(name: string, filter: string, order: 'asc' | 'desc') {
  return sql(
    `event_related_${name}_${order}`,
    `select ${eventColumns} from event e
     where e.relates_to = $1 and e.room_id = $2 and ${stands} and ${wanted} ${filter}
     order by e.ordering ${order} limit $7`,
  )
}
const related = { asc: pageOf('any', '', 'asc'), desc: pageOf('any', '', 'desc') }
const relatedHow = {
  asc: pageOf('how', 'and e.relation = $8', 'asc'),
  desc: pageOf('how', 'and e.relation = $8', 'desc'),
}

/**
 * Every event has one parent at most, so what is found is a tree. What is looked for need not be how it was reached. The fence
 * (`offset 0`) keeps the planner, which guesses trees to be large, from reading all events at each step.
 */
function treePageOf(order: 'asc' | 'desc') {
  return sql(
    `event_related_tree_${order}`,
    `with recursive below (id, matrix_id, depth) as (
       select e.id, e.matrix_id, 1 from event e where e.relates_to = $1 and e.room_id = $2 and ${stands}
       union all
       select e.id, e.matrix_id, b.depth + 1 from below b cross join lateral (
         select * from event e where e.relates_to = b.matrix_id and e.room_id = $2 and ${stands} offset 0) e
       where b.depth < $9)
     select ${eventColumns} from (select id from below limit $10) b
     cross join lateral (select * from event e where e.id = b.id offset 0) e
     where ${wanted} and ($8::text is null or e.relation = $8)
     order by e.ordering ${order} limit $7`,
  )
}
const relatedTree = { asc: treePageOf('asc'), desc: treePageOf('desc') }

const replacements = sql(
  'event_replacements',
  `select ${eventColumns} from event o
   cross join lateral (
     select * from event e
     where e.relates_to = o.matrix_id and e.relation = 'm.replace' and e.room_id = o.room_id
       and e.sender_id = o.sender_id and e.type = o.type and e.state_key is null and ${stands}
       and e.ordering <@ $2::int8multirange and e.id <> all ($3::bigint[])
     order by e.ordering desc limit 1) e
   where o.matrix_id = any($1::text[]) and o.state_key is null and o.relation is distinct from 'm.replace'`,
)
const references = sql(
  'event_references',
  `select o.matrix_id as "target", t.matrix_id as "matrixId" from event o
   cross join lateral (
     select e.matrix_id, e.ordering from event e
     where e.relates_to = o.matrix_id and e.relation = 'm.reference' and e.room_id = o.room_id
       and ${stands} and e.ordering <@ $2::int8multirange and ${byNone('$4')}
     order by e.ordering desc limit $3) t
   where o.matrix_id = any($1::text[]) order by t.ordering`,
)
const reply = `e.relates_to = o.matrix_id and e.relation = 'm.thread' and e.room_id = o.room_id and ${stands}
  and e.ordering <@ $3::int8multirange and ${byNone('$4')}`
const threadSummaries = sql(
  'event_thread_summaries',
  `select o.matrix_id as "root", c.count, c.participated, l.id as "latestId" from event o
   cross join lateral (select e.id from event e where ${reply} order by e.ordering desc limit 1) l
   cross join lateral (
     select count(*) as count, bool_or(e.sender_id = $2) as participated from event e where ${reply}) c
   where o.matrix_id = any($1::text[])`,
)
export type RelationQuery = {
  readonly roomId: number
  readonly target: string
  readonly relation: string | undefined
  readonly type: string | undefined
  /** Behind the one place, up to the other. */
  readonly above: number
  readonly upTo: number
  readonly places: readonly Places[]
  readonly newestFirst: boolean
  readonly limit: number
  /** Steps from the target; 1 for what refers to it directly. */
  readonly depth: number
}

export function relatedEventRows(db: Db, query: RelationQuery): Promise<EventRow[]> {
  const { target, roomId, type, above, upTo, places, limit, relation, depth } = query
  const order = query.newestFirst ? 'desc' : 'asc'
  const values = [target, roomId, type ?? null, above, upTo, multirange(places), limit]
  if (depth > 1) {
    return db.rows(relatedTree[order], [...values, relation ?? null, depth, limits.relationsLookedAtMax])
  }
  return relation === undefined ? db.rows(related[order], values) : db.rows(relatedHow[order], [...values, relation])
}

/** The newest edit of each event given, by who said it, of the same type; `except` the internal ids of some. */
export const replacementRows = (
  db: Db,
  matrixIds: readonly string[],
  places: readonly Places[],
  except: readonly number[] = [],
) => db.rows<EventRow>(replacements, [matrixIds, multirange(places), except])

/** What a reader is told of what others said: where, and by whom not (Matrix ids). */
type Seen = { readonly places: readonly Places[]; readonly ignored: ReadonlySet<string> }

/** Ids of what refers to each event given, oldest first; of more than `limit` an event, the newest. */
export const referenceRows = (db: Db, matrixIds: readonly string[], seen: Seen & { readonly limit: number }) =>
  db.rows<{ target: string; matrixId: string }>(references, [
    matrixIds,
    multirange(seen.places),
    seen.limit,
    [...seen.ignored],
  ])

export type ThreadSummaryRow = { root: string; count: number; latestId: number; participated: boolean }

export const threadSummaryRows = (db: Db, roots: readonly string[], seen: Seen & { readonly userId: number }) =>
  db.rows<ThreadSummaryRow>(threadSummaries, [roots, seen.userId, multirange(seen.places), [...seen.ignored]])
