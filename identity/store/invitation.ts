/**
 * Table `invitation`: `id` (random, public), `token_hash`, `sealed_display_name`, `sealed_note` (server key
 * `invitation`), `created_ts`, `expires_ts`, `invited_by`, `used_by`, `used_ts`, `withdrawn_ts`.
 */
import { type Db, sql } from '#platform/api.ts'

export type InvitationRow = {
  id: string
  sealedDisplayName: Buffer | null
  sealedNote: Buffer | null
  createdTs: number
  expiresTs: number
  invitedBy: number
  usedTs: number | null
  withdrawnTs: number | null
}

const columns = `id, sealed_display_name as "sealedDisplayName", sealed_note as "sealedNote", created_ts as "createdTs",
  expires_ts as "expiresTs", invited_by as "invitedBy", used_ts as "usedTs", withdrawn_ts as "withdrawnTs"`
const insert = sql(
  'invitation_insert',
  `insert into invitation (id, token_hash, sealed_display_name, sealed_note, created_ts, expires_ts, invited_by)
   values ($1, $2, $3, $4, $5, $6, $7)`,
)
const newest = sql('invitation_newest', `select ${columns} from invitation order by created_ts desc, id limit $1`)
const byTokenHash = sql('invitation_by_token_hash', `select ${columns} from invitation where token_hash = $1`)
const byId = sql('invitation_by_id', `select ${columns} from invitation where id = $1`)
const isOpen = 'used_ts is null and withdrawn_ts is null'
const use = sql(
  'invitation_use',
  `update invitation set used_by = $2, used_ts = $3
   where token_hash = $1 and ${isOpen} and expires_ts > $3`,
)
const withdraw = sql('invitation_withdraw', `update invitation set withdrawn_ts = $2 where id = $1 and ${isOpen}`)

export async function insertInvitation(
  db: Db,
  row: Omit<InvitationRow, 'usedTs' | 'withdrawnTs'> & { tokenHash: Buffer },
): Promise<void> {
  await db.run(insert, [
    row.id,
    row.tokenHash,
    row.sealedDisplayName,
    row.sealedNote,
    row.createdTs,
    row.expiresTs,
    row.invitedBy,
  ])
}

export function newestInvitations(db: Db, limit: number): Promise<InvitationRow[]> {
  return db.rows<InvitationRow>(newest, [limit])
}

export function invitationByTokenHash(db: Db, tokenHash: Buffer): Promise<InvitationRow | undefined> {
  return db.row<InvitationRow>(byTokenHash, [tokenHash])
}

export function invitationById(db: Db, id: string): Promise<InvitationRow | undefined> {
  return db.row<InvitationRow>(byId, [id])
}

/** Uses it up. @returns whether it was open; of two who accept at once only one hears true. */
export async function useInvitation(db: Db, tokenHash: Buffer, usedBy: number, nowTs: number): Promise<boolean> {
  return (await db.run(use, [tokenHash, usedBy, nowTs])) === 1
}

/** @returns whether it was open. */
export async function withdrawInvitation(db: Db, id: string, nowTs: number): Promise<boolean> {
  return (await db.run(withdraw, [id, nowTs])) === 1
}
