/**
 * Table `installation`: one row with `sealed_organisation` (server key `installation`, purpose
 * `installation.organisation`).
 */
import { type Db, sql } from '#platform/api.ts'

const read = sql('installation_read', 'select sealed_organisation as sealed from installation')
const write = sql(
  'installation_write',
  `insert into installation (sealed_organisation) values ($1)
   on conflict (only_one) do update set sealed_organisation = excluded.sealed_organisation`,
)

export async function readOrganisation(db: Db): Promise<Buffer | undefined> {
  return (await db.row<{ sealed: Buffer }>(read))?.sealed
}

export async function writeOrganisation(db: Db, sealed: Buffer): Promise<void> {
  await db.run(write, [sealed])
}
