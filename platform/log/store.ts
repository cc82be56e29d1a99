/**
 * Tables `log` (position, kind, room_id, user_id, reference) and `log_reader` (name, position, failure).
 * Appending goes through the database function `log_append`, which draws the positions under a lock held until COMMIT.
 */
import { type Db, sql } from '../postgres/types.ts'
import type { LogDraft, LogRow } from './kinds.ts'

const append = sql('log_append', 'select log_append($1::smallint[], $2::int[], $3::int[], $4::bigint[]) as first')
const rowsAfter = sql(
  'log_rows_after',
  `select position, kind, room_id as "roomId", user_id as "userId", reference
   from log where position > $1 order by position limit $2`,
)
const newest = sql('log_newest', 'select coalesce(max(position), 0) as position from log')
const readerPosition = sql('log_reader_position', 'select position from log_reader where name = $1')
const placeReaderRow = sql(
  'log_reader_place',
  'insert into log_reader (name, position) values ($1, 0) on conflict (name) do nothing',
)
const takeReaderRow = sql('log_reader_take', 'select position from log_reader where name = $1 for update skip locked')
const keepReaderPosition = sql(
  'log_reader_keep',
  `insert into log_reader (name, position) values ($1, $2)
   on conflict (name) do update
   set position = excluded.position, failed_at_position = null, failure = null`,
)
const keepReaderFailure = sql(
  'log_reader_fail',
  `insert into log_reader (name, position, failed_at_position, failure) values ($1, $2, $2, $3)
   on conflict (name) do update set failed_at_position = excluded.failed_at_position, failure = excluded.failure`,
)

/** Appends rows and returns the first of their consecutive positions. Must be the last statement of the transaction. */
export async function appendRows(db: Db, drafts: readonly LogDraft[]): Promise<number> {
  const answer = await db.row<{ first: number }>(append, [
    drafts.map((draft) => draft.kind),
    drafts.map((draft) => draft.roomId),
    drafts.map((draft) => draft.userId),
    drafts.map((draft) => draft.reference),
  ])
  if (answer === undefined) throw new Error('log_append answered nothing')
  return answer.first
}

export function readRows(db: Db, after: number, limit: number): Promise<LogRow[]> {
  return db.rows<LogRow>(rowsAfter, [after, limit])
}

export async function newestPosition(db: Db): Promise<number> {
  return (await db.row<{ position: number }>(newest))?.position ?? 0
}

export async function storedPosition(db: Db, reader: string): Promise<number | undefined> {
  return (await db.row<{ position: number }>(readerPosition, [reader]))?.position
}

/** Sees to it that the reader has a row. */
export const placeReader = (db: Db, reader: string) => db.run(placeReaderRow, [reader])

/** Takes the reader until the transaction ends and tells its position; undefined while another node has it. */
export async function takeReader(tx: Db, reader: string): Promise<number | undefined> {
  return (await tx.row<{ position: number }>(takeReaderRow, [reader]))?.position
}

export async function storePosition(db: Db, reader: string, position: number): Promise<void> {
  await db.run(keepReaderPosition, [reader, position])
}

export async function storeFailure(db: Db, reader: string, position: number, failure: string): Promise<void> {
  await db.run(keepReaderFailure, [reader, position, failure])
}
