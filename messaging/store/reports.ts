/**
 * Table `report`: what people report to those who run the server. `number` is the order in which reports came; reason and
 * score lie sealed under a key of the server, bound to `id`.
 */
import { type Db, sql } from '#platform/api.ts'

export type ReportInsert = {
  id: string
  reporterId: number
  roomId: number | null
  eventId: string | null
  userId: number | null
  createdTs: number
  sealed: Buffer
}
export type ReportRow = ReportInsert & { number: number }

const insert = sql(
  'report_insert',
  `insert into report (id, reporter_id, room_id, event_id, user_id, created_ts, sealed)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const page = sql(
  'report_page',
  `select number, id, reporter_id as "reporterId", room_id as "roomId", event_id as "eventId", user_id as "userId",
          created_ts as "createdTs", sealed
   from report where number < $1 order by number desc limit $2`,
)

export const insertReport = (db: Db, row: ReportInsert) =>
  db.run(insert, [row.id, row.reporterId, row.roomId, row.eventId, row.userId, row.createdTs, row.sealed])

/** Reports that came before the one of that number, the newest first. */
export const reportPage = (db: Db, before: number, limit: number) => db.rows<ReportRow>(page, [before, limit])
