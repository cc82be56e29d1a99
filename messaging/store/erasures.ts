/** Table `erasure`: people who asked to be erased when they closed their accounts. */
import { type Db, sql } from '#platform/api.ts'

const insert = sql(
  'erasure_insert',
  'insert into erasure (user_id, created_ts) values ($1, $2) on conflict (user_id) do nothing',
)
const any = sql('erasure_any', 'select 1 from erasure limit 1')
const ofRoom = sql(
  'erasure_of_room',
  `select u.matrix_id as "matrixId" from erasure e join users u on u.id = e.user_id
   where exists (select 1 from room_state s where s.user_id = e.user_id and s.room_id = $1)`,
)

/** @returns whether it is new. */
export async function insertErasure(db: Db, userId: number, ts: number): Promise<boolean> {
  return (await db.run(insert, [userId, ts])) === 1
}

export async function anyErasure(db: Db): Promise<boolean> {
  return (await db.row(any)) !== undefined
}

/** The Matrix ids of those who had to do with the room. */
export async function erasedInRoom(db: Db, roomId: number): Promise<string[]> {
  return (await db.rows<{ matrixId: string }>(ofRoom, [roomId])).map((row) => row.matrixId)
}
