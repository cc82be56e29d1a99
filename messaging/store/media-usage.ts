/**
 * Table `media_usage`: what the files of a person take, kept as sums so that nobody has to count. Person 0 is the whole
 * server. Who changes both rows changes the server's last, so that they are always locked in one order.
 */
import { type Db, sql } from '#platform/api.ts'

export type Usage = { sizeBytes: number; files: number }

const add = sql(
  'media_usage_add',
  `insert into media_usage as u (owner_id, size_bytes, files)
   select $1, $2, $3 where $4::bigint is null or $2 <= $4::bigint
   on conflict (owner_id) do update set size_bytes = u.size_bytes + $2, files = u.files + $3
   where $4::bigint is null or u.size_bytes + $2 <= $4::bigint`,
)
const subtract = sql(
  'media_usage_subtract',
  'update media_usage set size_bytes = size_bytes - $2, files = files - $3 where owner_id = $1',
)
const one = sql('media_usage_one', 'select size_bytes as "sizeBytes", files from media_usage where owner_id = $1')

/** False, and nothing added, when the sum would go past `bytesMax`. */
export async function addUsage(
  db: Db,
  ownerId: number,
  { sizeBytes, files }: Usage,
  bytesMax: number | undefined,
): Promise<boolean> {
  return (await db.run(add, [ownerId, sizeBytes, files, bytesMax ?? null])) === 1
}

export const subtractUsage = (db: Db, ownerId: number, { sizeBytes, files }: Usage) =>
  db.run(subtract, [ownerId, sizeBytes, files])

export async function usageOf(db: Db, ownerId: number): Promise<Usage> {
  return (await db.row<Usage>(one, [ownerId])) ?? { sizeBytes: 0, files: 0 }
}
