/**
 * Table `account_data`: what a person keeps about herself or about a room of hers, sealed under her key. One row a type;
 * `room_id` is null for what belongs to no room.
 */
import { type Db, sql } from '#platform/api.ts'

export type AccountDataRow = { id: number; userId: number; roomId: number | null; type: string; sealed: Buffer }

const columns = 'id, user_id as "userId", room_id as "roomId", type, sealed'
const put = sql(
  'account_data_put',
  `insert into account_data (user_id, room_id, type, sealed) values ($1, $2, $3, $4)
   on conflict (user_id, room_id, type) do update set sealed = excluded.sealed
   returning id, (xmax = 0) as "isNew"`,
)
const one = sql(
  'account_data_one',
  `select ${columns} from account_data where user_id = $1 and room_id is not distinct from $2 and type = $3`,
)
const byIds = sql('account_data_by_ids', `select ${columns} from account_data where id = any($1::bigint[])`)
const ofPeople = sql(
  'account_data_of_people',
  `select ${columns} from account_data where user_id = any($1::int[]) and room_id is null and type = any($2::text[])`,
)
const bytes = sql(
  'account_data_bytes',
  'select coalesce(sum(octet_length(sealed)), 0)::bigint as bytes from account_data where user_id = $1',
)
const all = sql('account_data_all', `select ${columns} from account_data where user_id = $1`)

export async function putAccountData(db: Db, row: Omit<AccountDataRow, 'id'>): Promise<{ id: number; isNew: boolean }> {
  const values = [row.userId, row.roomId, row.type, row.sealed]
  const stored = await db.row<{ id: number; isNew: boolean }>(put, values)
  if (stored === undefined) throw new Error('account_data_put answered nothing')
  return stored
}

/** How much a person keeps, sealed. */
export const accountDataBytes = async (db: Db, userId: number): Promise<number> =>
  (await db.row<{ bytes: number }>(bytes, [userId]))?.bytes ?? 0

export const accountDataRow = (db: Db, userId: number, roomId: number | null, type: string) =>
  db.row<AccountDataRow>(one, [userId, roomId, type])

export const accountDataRowsByIds = (db: Db, ids: readonly number[]) => db.rows<AccountDataRow>(byIds, [ids])

export const accountDataRows = (db: Db, userId: number) => db.rows<AccountDataRow>(all, [userId])

/** What several people keep for themselves under the types given. */
export const accountDataRowsOfPeople = (db: Db, userIds: readonly number[], types: readonly string[]) =>
  db.rows<AccountDataRow>(ofPeople, [userIds, types])
