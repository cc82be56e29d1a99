/**
 * Tables `agency` (`id`, `key`, `sealed_name`, `country`, `language`) and `agency_staff` (who works for one).
 */
import { type Db, sql } from '#platform/api.ts'

export type AgencyRow = { id: number; key: string; sealedName: Buffer | null; country: string; language: string }

const columns = 'id, key, sealed_name as "sealedName", country, language'
const all = sql('agency_all', `select ${columns} from agency order by id`)
const byIds = sql('agency_by_ids', `select ${columns} from agency where id = any($1::int[])`)
const byKey = sql('agency_by_key', `select ${columns} from agency where key = $1`)
const insert = sql(
  'agency_insert',
  `insert into agency (key, sealed_name, country, language, created_ts) values ($1, $2, $3, $4, $5)
   on conflict (key) do nothing returning ${columns}`,
)
const change = sql(
  'agency_change',
  `update agency set sealed_name = coalesce($2, sealed_name), country = coalesce($3, country),
     language = coalesce($4, language)
   where id = $1 returning ${columns}`,
)
const anyAgency = sql('agency_any', 'select 1 as found from agency limit 1')
const staff = sql('agency_staff_all', 'select agency_id as "agencyId", user_id as "userId" from agency_staff')
const addStaff = sql(
  'agency_staff_add',
  `insert into agency_staff (agency_id, user_id, since_ts) values ($1, $2, $3) on conflict do nothing`,
)
const removeStaff = sql('agency_staff_remove', 'delete from agency_staff where agency_id = $1 and user_id = $2')

export const agencyRows = (db: Db) => db.rows<AgencyRow>(all)
export const agenciesByIds = (db: Db, ids: readonly number[]) => db.rows<AgencyRow>(byIds, [ids])
export const agencyById = async (db: Db, id: number) => (await agenciesByIds(db, [id]))[0]
export const agencyByKey = (db: Db, key: string) => db.row<AgencyRow>(byKey, [key])
export const hasAgency = async (db: Db) => (await db.row(anyAgency)) !== undefined

export type NewAgencyRow = Omit<AgencyRow, 'id'> & { createdTs: number }

/** Undefined when the key is taken. */
export function insertAgency(db: Db, row: NewAgencyRow): Promise<AgencyRow | undefined> {
  return db.row<AgencyRow>(insert, [row.key, row.sealedName, row.country, row.language, row.createdTs])
}

/** What is null stays as it is. */
export function changeAgency(
  db: Db,
  id: number,
  to: { sealedName: Buffer | null; country: string | null; language: string | null },
): Promise<AgencyRow | undefined> {
  return db.row<AgencyRow>(change, [id, to.sealedName, to.country, to.language])
}

export const allStaff = (db: Db) => db.rows<{ agencyId: number; userId: number }>(staff)

/** @returns whether it was not so before. */
export async function insertStaff(db: Db, agencyId: number, userId: number, sinceTs: number): Promise<boolean> {
  return (await db.run(addStaff, [agencyId, userId, sinceTs])) === 1
}

/** @returns whether it was so before. */
export async function deleteStaff(db: Db, agencyId: number, userId: number): Promise<boolean> {
  return (await db.run(removeStaff, [agencyId, userId])) === 1
}
