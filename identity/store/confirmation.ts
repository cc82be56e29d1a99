/**
 * Table `confirmation`: `id_hash`, `act_hash`, `completed` (names of stages), `registration_token_id`, `expires_ts`.
 */
import { type Db, sql } from '#platform/api.ts'

export type ConfirmationRow = { completed: string[]; registrationTokenId: string | null }

const columns = 'completed, registration_token_id as "registrationTokenId"'
const insert = sql(
  'confirmation_insert',
  `insert into confirmation (id_hash, act_hash, completed, registration_token_id, expires_ts)
   values ($1, $2, $3, $4, $5)`,
)
const find = sql(
  'confirmation_find',
  `select ${columns} from confirmation where id_hash = $1 and act_hash = $2 and expires_ts > $3`,
)
const complete = sql(
  'confirmation_complete',
  `update confirmation
   set completed = case when $2 = any(completed) then completed else completed || $2::text end,
       registration_token_id = coalesce($3, registration_token_id)
   where id_hash = $1 and expires_ts > $4 returning ${columns}`,
)
const take = sql('confirmation_take', 'delete from confirmation where id_hash = $1')
const removeOld = sql('confirmation_delete_old', 'delete from confirmation where expires_ts < $1')

export async function insertConfirmation(
  db: Db,
  row: ConfirmationRow & { idHash: Buffer; actHash: Buffer; expiresTs: number },
): Promise<void> {
  await db.run(insert, [row.idHash, row.actHash, row.completed, row.registrationTokenId, row.expiresTs])
}

export function findConfirmation(
  db: Db,
  idHash: Buffer,
  actHash: Buffer,
  nowTs: number,
): Promise<ConfirmationRow | undefined> {
  return db.row<ConfirmationRow>(find, [idHash, actHash, nowTs])
}

/** Adds a stage that was passed. @returns what is passed now; undefined when there is no such confirmation. */
export function completeStage(
  db: Db,
  stage: { idHash: Buffer; type: string; registrationTokenId: string | undefined; nowTs: number },
): Promise<ConfirmationRow | undefined> {
  return db.row<ConfirmationRow>(complete, [stage.idHash, stage.type, stage.registrationTokenId ?? null, stage.nowTs])
}

/** Uses it up. @returns whether it was there; of two who use it at once only one hears true. */
export async function takeConfirmation(db: Db, idHash: Buffer): Promise<boolean> {
  return (await db.run(take, [idHash])) === 1
}

export function deleteConfirmationsBefore(db: Db, ts: number): Promise<number> {
  return db.run(removeOld, [ts])
}
