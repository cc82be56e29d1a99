/**
 * Table `desk_task`: `what` is to be done about `subject_id` (a conversation, an agency) and, where it is about one, an event.
 */
import { type Db, sql } from '#platform/api.ts'

export type DeskTask = { id: number; what: string; subjectId: number; eventId: number; attempts: number }
export type DeskTaskInsert = { readonly what: string; readonly subjectId: number; readonly eventId?: number }

/** One that is at work may have missed why it is asked for again: it comes back once it is done. */
const put = sql(
  'desk_task_put',
  `insert into desk_task (what, subject_id, event_id, due_ts)
   select what, subject_id, event_id, $4 from unnest($1::text[], $2::int[], $3::bigint[]) as t(what, subject_id, event_id)
   on conflict (what, subject_id, event_id) do update set due_ts = excluded.due_ts, attempts = 0`,
)
const lease = sql(
  'desk_task_lease',
  `update desk_task set due_ts = $2, attempts = attempts + 1 where id in
     (select id from desk_task where due_ts <= $1 order by due_ts, id limit $3 for update skip locked)
   returning id, what, subject_id as "subjectId", event_id as "eventId", attempts`,
)
const done = sql('desk_task_done', 'delete from desk_task where id = $1 and due_ts = $2')
const later = sql('desk_task_later', 'update desk_task set due_ts = $3 where id = $1 and due_ts = $2')

export const putDeskTasks = (db: Db, tasks: readonly DeskTaskInsert[], nowTs: number) =>
  db.run(put, [
    tasks.map((task) => task.what),
    tasks.map((task) => task.subjectId),
    tasks.map((task) => task.eventId ?? 0),
    nowTs,
  ])

export const leaseDeskTasks = (db: Db, nowTs: number, untilTs: number, limit: number) =>
  db.rows<DeskTask>(lease, [nowTs, untilTs, limit])
/** Unless it was asked for again since it was leased until then. */
export const deskTaskDone = (db: Db, id: number, untilTs: number) => db.run(done, [id, untilTs])
export const deskTaskLater = (db: Db, id: number, untilTs: number, dueTs: number) => db.run(later, [id, untilTs, dueTs])
