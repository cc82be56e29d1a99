/** Table `task`: what a human has to do because no channel did; one for a send at most. */
import { type Db, sql } from '#platform/api.ts'

export type TaskKind = 'not-delivered' | 'unknown' | 'unconfirmed'

export type TaskRow = {
  id: number
  publicId: string
  agencyId: number
  kind: TaskKind
  code: string | null
  createdTs: number
  doneTs: number | null
  sendPublicId: string
  personId: number | null
  conversationId: number | null
  noteKeyId: number | null
  sealedNote: Buffer | null
}

const columns = `t.id, t.public_id as "publicId", t.agency_id as "agencyId", t.kind, t.code, t.created_ts as "createdTs",
  t.done_ts as "doneTs", s.public_id as "sendPublicId", t.person_id as "personId",
  s.conversation_id as "conversationId", t.note_key_id as "noteKeyId", t.sealed_note as "sealedNote"`
const insert = sql(
  'task_insert',
  `insert into task (public_id, agency_id, send_id, person_id, kind, code, created_ts) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (send_id) do nothing`,
)
const list = sql(
  'task_list',
  `select ${columns} from task t join send s on s.id = t.send_id
   where t.agency_id = any($1::int[]) and t.id < $2 and ($3::boolean is null or (t.done_ts is null) = $3)
   order by t.id desc limit $4`,
)
const byPublicId = sql(
  'task_by_public_id',
  `select ${columns} from task t join send s on s.id = t.send_id where t.public_id = $1`,
)
const finish = sql(
  'task_finish',
  `update task set done_ts = $2, done_by = $3, note_key_id = $4, sealed_note = $5 where id = $1 and done_ts is null`,
)
const settle = sql('task_settle', 'update task set done_ts = $2 where send_id = any($1::bigint[]) and done_ts is null')

export type TaskInsert = {
  publicId: string
  agencyId: number
  sendId: number
  personId: number | null
  kind: TaskKind
  code: string | null
  createdTs: number
}

/** Whether it is the first for its send. */
export async function insertTask(db: Db, row: TaskInsert): Promise<boolean> {
  const { publicId, agencyId, sendId, personId, kind, code, createdTs } = row
  return (await db.run(insert, [publicId, agencyId, sendId, personId, kind, code, createdTs])) > 0
}

/** The newest first, from before an id on; `isOpen` undefined for all. */
export const listTasks = (
  db: Db,
  wish: { agencyIds: readonly number[]; before: number; isOpen: boolean | undefined; limit: number },
) => db.rows<TaskRow>(list, [wish.agencyIds, wish.before, wish.isOpen ?? null, wish.limit])

export const taskByPublicId = (db: Db, publicId: string) => db.row<TaskRow>(byPublicId, [publicId])

/** False when it was done before. */
export async function finishTask(
  db: Db,
  id: number,
  how: { nowTs: number; userId: number | null; noteKeyId: number | null; sealedNote: Buffer | null },
): Promise<boolean> {
  return (await db.run(finish, [id, how.nowTs, how.userId, how.noteKeyId, how.sealedNote])) > 0
}

/** A receipt that came late says that it arrived after all. */
export const settleTasks = (db: Db, sendIds: readonly number[], nowTs: number) => db.run(settle, [sendIds, nowTs])
