/**
 * Table `event` as filters look through it: what can be told by its columns is told there, and only the ids of what passes leave
 * the database. A stretch of the timeline is looked through in either direction, so many rows at the most.
 */
import { type Db, sql } from '#platform/api.ts'
import { inTimeline, multirange, type Places } from './events.ts'

/** `%` and `_` are wildcards in patterns, as in LIKE; undefined lets everything through. */
export type ColumnFilter = {
  readonly types: readonly string[] | undefined
  readonly notTypes: readonly string[]
  /** Internal ids. */
  readonly senders: readonly number[] | undefined
  readonly notSenders: readonly number[]
  /** Of these only state passes. */
  readonly ignored: readonly number[]
  /** Only what something refers to, in one of the ways and by one of the people. */
  readonly relatedBy:
    | { readonly relations: readonly string[] | undefined; readonly senders: readonly number[] | undefined }
    | undefined
}

/** From one place on, without the place itself where it is read forwards, up to the other, without it where backwards. */
export type Stretch = {
  readonly roomId: number
  readonly backwards: boolean
  readonly start: number
  readonly end: number
  /** Where the reader sees what refers to others. */
  readonly places: readonly Places[]
  readonly lookMax: number
  readonly findMax: number
}

export type Looked = {
  /** Internal ids of what passes, in the order read. */
  readonly ids: readonly number[]
  readonly looked: number
  /** The place of the last row that was looked at; undefined when there was none. */
  readonly last: number | undefined
}

const columns = 'e.id, e.type, e.state_key, e.sender_id, e.matrix_id, e.ordering'

/** Of few people their own rows, in the order of an index; otherwise all rows of the room. */
function statement(backwards: boolean, bySender: boolean) {
  const order = backwards ? 'desc' : 'asc'
  const range = backwards ? 'e.ordering <= $2 and e.ordering > $3' : 'e.ordering > $2 and e.ordering <= $3'
  const stretch = `e.room_id = $1 and ${range} and ${inTimeline}`
  const rows = bySender
    ? `select e.* from unnest($8::int[]) as p(id) cross join lateral (
         select ${columns} from event e where e.sender_id = p.id and ${stretch} order by e.ordering ${order} limit $4) e`
    : `select ${columns} from event e where ${stretch}`
  return sql(
    `event_filtered_${order}${bySender ? '_by_sender' : ''}`,
    `with looked as materialized (${rows} order by ordering ${order} limit $4),
     passing as (
       select e.id, e.ordering from looked e
       where ($6::text[] is null or e.type like any($6)) and not e.type like any($7::text[])
         and ($8::int[] is null or e.sender_id = any($8)) and e.sender_id <> all($9::int[])
         and (e.state_key is not null or e.sender_id <> all($10::int[]))
         and ($11::int8multirange is null or exists (
           select from event r where r.relates_to = e.matrix_id and r.room_id = $1 and r.redacted_by is null
             and r.status = 0 and r.ordering <@ $11
             and ($12::text[] is null or r.relation = any($12)) and ($13::int[] is null or r.sender_id = any($13))))
       order by e.ordering ${order} limit $5)
     select coalesce((select array_agg(id order by ordering ${order}) from passing), '{}') as ids,
       (select count(*) from looked) as looked, (select ${backwards ? 'min' : 'max'}(ordering) from looked) as last`,
  )
}
const statements = {
  all: { desc: statement(true, false), asc: statement(false, false) },
  bySender: { desc: statement(true, true), asc: statement(false, true) },
}
/** More people than this are found faster by looking at everybody's. */
const sendersByIndexMax = 20

export async function filteredEventIds(db: Db, stretch: Stretch, filter: ColumnFilter): Promise<Looked> {
  const { roomId, backwards, start, end, places, lookMax, findMax } = stretch
  const { senders, relatedBy } = filter
  const bySender = senders !== undefined && senders.length <= sendersByIndexMax
  const row = await db.row<{ ids: number[]; looked: number; last: number | null }>(
    statements[bySender ? 'bySender' : 'all'][backwards ? 'desc' : 'asc'],
    [
      ...[roomId, start, end, lookMax, findMax, filter.types ?? null, filter.notTypes],
      ...[senders ?? null, filter.notSenders, filter.ignored],
      ...[relatedBy && multirange(places), relatedBy?.relations ?? null, relatedBy?.senders ?? null],
    ],
  )
  return { ids: row?.ids ?? [], looked: row?.looked ?? 0, last: row?.last ?? undefined }
}
