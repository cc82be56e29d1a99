/** Table `profile`: display name, avatar and further fields of a person, as one JSON object sealed under her key. */
import { type Db, sql } from '#platform/api.ts'

export type ProfileRow = { userId: number; sealed: Buffer }

const put = sql(
  'profile_put',
  `insert into profile (user_id, sealed) values ($1, $2)
   on conflict (user_id) do update set sealed = excluded.sealed`,
)
const some = sql('profile_some', 'select user_id as "userId", sealed from profile where user_id = any($1::int[])')
const everybody = sql('profile_everybody', 'select user_id as "userId", sealed from profile order by user_id')

export const putProfile = (db: Db, userId: number, sealed: Buffer) => db.run(put, [userId, sealed])
export const profileRows = (db: Db, userIds: readonly number[]) => db.rows<ProfileRow>(some, [userIds])
export const allProfileRows = (db: Db) => db.rows<ProfileRow>(everybody)
