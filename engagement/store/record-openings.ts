/** Table `record_opening`: who looked at a citizen's record outside her own conversations, when, and why (sealed). */
import { type Db, sql } from '#platform/api.ts'

export type OpeningRow = {
  id: number
  agencyId: number
  personId: number
  userId: number | null
  serviceId: string | null
  sealedReason: Buffer
  openedTs: number
}

const columns = `id, agency_id as "agencyId", person_id as "personId", user_id as "userId", service_id as "serviceId",
  sealed_reason as "sealedReason", opened_ts as "openedTs"`
const insert = sql(
  'record_opening_insert',
  `insert into record_opening (agency_id, person_id, user_id, service_id, sealed_reason, opened_ts)
   values ($1, $2, $3, $4, $5, $6)`,
)
const recent = sql(
  'record_opening_recent',
  `select ${columns} from record_opening
   where person_id = any($1::int[]) and opened_ts > $4
     and user_id is not distinct from $2 and service_id is not distinct from $3 order by id desc limit 1`,
)
const ofPeople = sql(
  'record_opening_of_people',
  `select ${columns} from record_opening where person_id = any($1::int[]) and id < $2 order by id desc limit $3`,
)
const remove = sql('record_opening_delete', 'delete from record_opening where person_id = any($1::int[])')

export function insertOpening(db: Db, row: Omit<OpeningRow, 'id'>): Promise<number> {
  const { agencyId, personId, userId, serviceId, sealedReason, openedTs } = row
  return db.run(insert, [agencyId, personId, userId, serviceId, sealedReason, openedTs])
}

/** Somebody's own newest one. */
export const ownOpening = (
  db: Db,
  personIds: readonly number[],
  who: { userId: number | null; serviceId: string | null },
  sinceTs: number,
) => db.row<OpeningRow>(recent, [personIds, who.userId, who.serviceId, sinceTs])

/** The newest first. */
export const openingsOf = (db: Db, personIds: readonly number[], before: number, limit: number) =>
  db.rows<OpeningRow>(ofPeople, [personIds, before, limit])
export const deleteOpenings = (db: Db, personIds: readonly number[]) => db.run(remove, [personIds])
