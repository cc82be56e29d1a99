/** Table `preference`: how somebody wants to be written to, sealed under her key. */
import { type Db, sql } from '#platform/api.ts'

const find = sql('preference_of', 'select sealed from preference where person_id = $1')
const put = sql(
  'preference_put',
  `insert into preference (person_id, sealed, changed_ts) values ($1, $2, $3)
   on conflict (person_id) do update set sealed = excluded.sealed, changed_ts = excluded.changed_ts`,
)
const remove = sql('preference_delete', 'delete from preference where person_id = any($1::int[])')

export const preferenceOf = async (db: Db, personId: number) =>
  (await db.row<{ sealed: Buffer }>(find, [personId]))?.sealed
export const putPreference = (db: Db, personId: number, sealed: Buffer, ts: number) =>
  db.run(put, [personId, sealed, ts])
export const deletePreferences = (db: Db, personIds: readonly number[]) => db.run(remove, [personIds])
