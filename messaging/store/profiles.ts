/** Table `profile`: display name, avatar and further fields of a person, as one JSON object sealed under her key. */
import { type Db, sql } from '#platform/api.ts'

export type ProfileRow = { userId: number; sealed: Buffer }

const put = sql(
  'profile_put',
  `insert into profile (user_id, sealed) values ($1, $2)
   on conflict (user_id) do update set sealed = excluded.sealed`,
)
const putFirst = sql(
  'profile_put_first',
  'insert into profile (user_id, sealed) values ($1, $2) on conflict (user_id) do nothing',
)
const lock = sql('profile_lock', 'select user_id as "userId", sealed from profile where user_id = $1 for update')
const remove = sql('profile_delete', 'delete from profile where user_id = $1')
const some = sql('profile_some', 'select user_id as "userId", sealed from profile where user_id = any($1::int[])')

/** With `unlessThere` a profile that is there stays as it is. */
export const putProfile = (db: Db, userId: number, sealed: Buffer, how: { unlessThere?: true } = {}) =>
  db.run(how.unlessThere === true ? putFirst : put, [userId, sealed])

/** Until the end of the transaction nobody else changes the profile. */
export const lockProfile = (db: Db, userId: number) => db.row<ProfileRow>(lock, [userId])

export const deleteProfile = (db: Db, userId: number) => db.run(remove, [userId])
export const profileRows = (db: Db, userIds: readonly number[]) => db.rows<ProfileRow>(some, [userIds])
