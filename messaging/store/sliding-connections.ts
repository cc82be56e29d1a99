/**
 * Table `sliding_connection` (user_id, device_id, name, serial, sealed, before_serial, before_sealed, used_ts): the newest two
 * states of each connection for sliding sync, sealed under the person's key and bound to their serials.
 */
import { type Db, sql } from '#platform/api.ts'

export type ConnectionName = { readonly userId: number; readonly deviceId: string; readonly name: Buffer }
type Row = { serial: number; sealed: Buffer; beforeSerial: number | null; beforeSealed: Buffer | null }

const one = sql(
  'sliding_connection_one',
  `select serial, sealed, before_serial as "beforeSerial", before_sealed as "beforeSealed"
   from sliding_connection where user_id = $1 and device_id = $2 and name = $3`,
)
/** The state that the client came with stays until it comes with the one that it is given now. */
const put = sql(
  'sliding_connection_put',
  `insert into sliding_connection as c (user_id, device_id, name, serial, sealed, used_ts)
   select $1, $2, $3, $4, $5, $7 where exists (select 1 from device where user_id = $1 and device_id = $2)
   on conflict (user_id, device_id, name) do update
   set serial = excluded.serial, sealed = excluded.sealed, used_ts = excluded.used_ts,
       before_serial = case when c.serial = $6 then c.serial when c.before_serial = $6 then c.before_serial end,
       before_sealed = case when c.serial = $6 then c.sealed when c.before_serial = $6 then c.before_sealed end`,
)
const prune = sql(
  'sliding_connection_prune',
  `delete from sliding_connection where user_id = $1 and device_id = $2 and name in (
     select name from sliding_connection where user_id = $1 and device_id = $2 order by used_ts desc, name offset $3)`,
)
const touch = sql(
  'sliding_connection_touch',
  'update sliding_connection set used_ts = $4 where user_id = $1 and device_id = $2 and name = $3',
)
const forgetOld = sql('sliding_connection_forget', 'delete from sliding_connection where used_ts < $1')

/** The sealed state of a connection that has this serial. */
export async function connectionState(db: Db, at: ConnectionName, serial: number): Promise<Buffer | undefined> {
  const row = await db.row<Row>(one, [at.userId, at.deviceId, at.name])
  if (row?.serial === serial) return row.sealed
  return row?.beforeSerial === serial ? (row.beforeSealed ?? undefined) : undefined
}

/** Nothing is stored for a device that is gone. */
export const putConnectionState = (
  db: Db,
  at: ConnectionName,
  state: { serial: number; sealed: Buffer; after: number | undefined; nowTs: number },
) => db.run(put, [at.userId, at.deviceId, at.name, state.serial, state.sealed, state.after ?? null, state.nowTs])

/** Leaves a device its `max` connections that were used last. */
export const pruneConnections = (db: Db, at: ConnectionName, max: number) =>
  db.run(prune, [at.userId, at.deviceId, max])

export const touchConnection = (db: Db, at: ConnectionName, nowTs: number) =>
  db.run(touch, [at.userId, at.deviceId, at.name, nowTs])

export const forgetConnectionsBefore = (db: Db, ts: number) => db.run(forgetOld, [ts])
