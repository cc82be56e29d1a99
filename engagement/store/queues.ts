/**
 * Table `queue`: `id`, `public_id`, `agency_id`, `key` (unique in the agency), `room_id` (its space), `channels` (ids of channels
 * whose conversations begin here), `created_ts`.
 */
import { type Db, sql } from '#platform/api.ts'

export type QueueRow = {
  id: number
  publicId: string
  agencyId: number
  key: string
  roomId: number
  matrixRoomId: string
  channels: string[]
}

const columns = `q.id, q.public_id as "publicId", q.agency_id as "agencyId", q.key, q.room_id as "roomId",
  r.matrix_id as "matrixRoomId", q.channels`
const from = 'from queue q join room r on r.id = q.room_id'
const byId = sql('queue_by_id', `select ${columns} ${from} where q.id = $1`)
const byPublicId = sql('queue_by_public_id', `select ${columns} ${from} where q.public_id = $1`)
const byRoom = sql('queue_by_room', `select ${columns} ${from} where q.room_id = $1`)
const ofAgency = sql('queue_of_agency', `select ${columns} ${from} where q.agency_id = $1 order by q.id`)
const insert = sql(
  'queue_insert',
  `insert into queue (public_id, agency_id, key, room_id, channels, created_ts) values ($1, $2, $3, $4, $5, $6)
   on conflict (agency_id, key) do nothing`,
)
const setChannels = sql('queue_set_channels', 'update queue set channels = $2 where id = $1')

export type QueueInsert = {
  readonly publicId: string
  readonly agencyId: number
  readonly key: string
  readonly roomId: number
  readonly channels: readonly string[]
  readonly createdTs: number
}

export const queueRow = (db: Db, id: number) => db.row<QueueRow>(byId, [id])
export const queueRowByPublicId = (db: Db, publicId: string) => db.row<QueueRow>(byPublicId, [publicId])
export const queueRowByRoom = (db: Db, roomId: number) => db.row<QueueRow>(byRoom, [roomId])
/** The oldest first. */
export const queueRowsOf = (db: Db, agencyId: number) => db.rows<QueueRow>(ofAgency, [agencyId])

/** @returns false when the agency has a queue of that key. */
export async function insertQueue(db: Db, queue: QueueInsert): Promise<boolean> {
  const { publicId, agencyId, key, roomId, channels, createdTs } = queue
  return (await db.run(insert, [publicId, agencyId, key, roomId, channels, createdTs])) === 1
}

export const setQueueChannels = (db: Db, id: number, channels: readonly string[]) => db.run(setChannels, [id, channels])
