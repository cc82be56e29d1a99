/** Table `preference`: how somebody wants to be written to, sealed under her key. */
import { type Db, sql } from '#platform/api.ts'

/** Of each record that is asked for, with the record that counts for it. */
const find = sql(
  'preference_of',
  `with recursive up as (
     select id as asked, id, merged_into, public_id, data_key_id from person where id = any($1::int[])
     union all select u.asked, p.id, p.merged_into, p.public_id, p.data_key_id
     from up u join person p on p.id = u.merged_into
   )
   select u.asked as "askedId", u.public_id as "publicId", u.data_key_id as "dataKeyId", f.sealed
   from up u join preference f on f.person_id = u.id where u.merged_into is null`,
)
const put = sql(
  'preference_put',
  `insert into preference (person_id, sealed, changed_ts) values ($1, $2, $3)
   on conflict (person_id) do update set sealed = excluded.sealed, changed_ts = excluded.changed_ts`,
)
const remove = sql('preference_delete', 'delete from preference where person_id = any($1::int[])')

export type PreferenceRow = { askedId: number; publicId: string; dataKeyId: number | null; sealed: Buffer }

export const preferencesOf = (db: Db, personIds: readonly number[]) => db.rows<PreferenceRow>(find, [personIds])
export const putPreference = (db: Db, personId: number, sealed: Buffer, ts: number) =>
  db.run(put, [personId, sealed, ts])
export const deletePreferences = (db: Db, personIds: readonly number[]) => db.run(remove, [personIds])
