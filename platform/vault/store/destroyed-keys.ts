import { type Db, sql } from '../../postgres/types.ts'

/**
 * destroyed_key: ids of data keys that were destroyed on purpose, with their kind and when. Tells "shredded" from "lost",
 * and lets a restored backup destroy them again.
 */

/** Heard by every process when the destruction is committed; the payload is the key's id. */
export const destroyedKeyChannel = 'vault_key_destroyed'

const destroy = sql(
  'data_key_destroy',
  `with gone as (delete from data_key where id = $1 returning id, kind),
        noted as (insert into destroyed_key (id, kind, destroyed_ts) select id, kind, $2 from gone
                  on conflict (id) do nothing)
   select pg_notify('${destroyedKeyChannel}', ($1::bigint)::text)`,
)
const among = sql('destroyed_key_among', 'select id from destroyed_key where id = any($1::bigint[])')

export async function destroyDataKey(db: Db, id: number, destroyedTs: number): Promise<void> {
  await db.run(destroy, [id, destroyedTs])
}

export async function destroyedKeyIds(db: Db, ids: readonly number[]): Promise<Set<number>> {
  const rows = await db.rows<{ id: number }>(among, [ids])
  return new Set(rows.map((row) => row.id))
}
