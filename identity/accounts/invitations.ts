import type { Subject } from '#access/api.ts'
import {
  type Clock,
  type Limits,
  type Postgres,
  type Random,
  refuse,
  type SealingKey,
  type Vault,
} from '#platform/api.ts'
import type { Organisation, Profiles, Users } from '../api.ts'
import type { PasswordHashes } from '../passwords/argon2.ts'
import { checkNewPassword } from '../passwords/rules.ts'
import { hashToken, isWellFormedToken, makeToken } from '../sessions/token.ts'
import type { Attempts } from '../sign-in/attempts.ts'
import type { SignIn, SignInAnswer } from '../sign-in/sign-in.ts'
import {
  type InvitationRow,
  insertInvitation,
  invitationById,
  invitationByTokenHash,
  newestInvitations,
  useInvitation,
  withdrawInvitation,
} from '../store/invitation.ts'
import { checkNewUsername, usernameOf } from '../users/usernames.ts'
import type { AccountKeeper } from './accounts.ts'
import { checkDisplayName, checkNote } from './names.ts'

const invitationLivesMs = 7 * 24 * 60 * 60_000
/** The list shows the newest; older ones have long ended. */
const listedMax = 500
const idBytes = 9

export type InvitationState = 'open' | 'used' | 'expired' | 'withdrawn'

export type Invitation = {
  readonly id: string
  readonly displayName: string | undefined
  readonly note: string | undefined
  readonly createdTs: number
  readonly expiresTs: number
  /** Matrix id of the person who invites. */
  readonly invitedBy: string
  readonly invitedByName: string
  readonly state: InvitationState
}

export type Acceptance = { readonly username: string; readonly password: string; readonly displayName: string }

/** Links by which people get an account. */
export interface Invitations {
  /** The token is shown this once; only its hash is kept. */
  create(
    by: Subject,
    wish: { displayName?: string | undefined; note?: string | undefined },
  ): Promise<{ id: string; token: string; expiresTs: number }>
  /** The newest first. */
  list(): Promise<Invitation[]>
  /** Throws M_NOT_FOUND when there is none, CHANCERY_CONFLICT when it has been used. */
  withdraw(id: string): Promise<void>
  /** The open invitation behind a link; throws M_NOT_FOUND for every other. */
  look(token: string, ip: string): Promise<Invitation>
  /** Makes the account and signs in. The invitation is used up in the same transaction. */
  accept(token: string, wish: Acceptance, ip: string): Promise<SignInAnswer>
}

export type InvitationsDeps = {
  readonly limits: Pick<Limits, 'passwordCharactersMin'>
  readonly db: Postgres
  readonly vault: Pick<Vault, 'serverKey'>
  readonly clock: Clock
  readonly random: Random
  readonly serverName: string
  readonly users: Pick<Users, 'byIds'>
  readonly passwords: PasswordHashes
  readonly accounts: Pick<AccountKeeper, 'insertIn' | 'assertFree'>
  readonly organisation: Pick<Organisation, 'name'>
  readonly signIn: Pick<SignIn, 'asNewAccount'>
  readonly attempts: Attempts
  readonly profiles: Profiles
}

const gone = () =>
  refuse('M_NOT_FOUND', 'This invitation is not valid any more. Ask the person who sent it for a new one.')

export function createInvitations(deps: InvitationsDeps): Invitations {
  const { db, vault, clock, random, serverName, users, passwords, accounts, signIn, attempts, profiles } = deps

  const seal = (key: SealingKey, purpose: string, id: string, text: string | undefined) =>
    text === undefined || text === '' ? null : key.seal(purpose, id, Buffer.from(text))

  async function create(by: Subject, wish: { displayName?: string | undefined; note?: string | undefined }) {
    const displayName = wish.displayName === undefined ? undefined : checkDisplayName(wish.displayName)
    const note = wish.note === undefined ? undefined : checkNote(wish.note)
    const key = await vault.serverKey('invitation')
    const id = random.token(idBytes)
    const token = makeToken(random, 'invitation')
    const createdTs = clock.nowMs()
    const expiresTs = createdTs + invitationLivesMs
    await insertInvitation(db, {
      id,
      tokenHash: hashToken(token),
      sealedDisplayName: seal(key, 'invitation.name', id, displayName),
      sealedNote: seal(key, 'invitation.note', id, note),
      createdTs,
      expiresTs,
      invitedBy: by.userId,
    })
    return { id, token, expiresTs }
  }

  function stateOf(row: InvitationRow): InvitationState {
    if (row.usedTs !== null) return 'used'
    if (row.withdrawnTs !== null) return 'withdrawn'
    return row.expiresTs <= clock.nowMs() ? 'expired' : 'open'
  }

  async function present(rows: readonly InvitationRow[]): Promise<Invitation[]> {
    const inviters = rows.map((row) => row.invitedBy)
    const [key, people, names] = await Promise.all([
      vault.serverKey('invitation'),
      users.byIds(inviters),
      profiles.displayNames(inviters),
    ])
    const open = (purpose: string, id: string, sealed: Buffer | null) =>
      sealed === null ? undefined : key.open(purpose, id, sealed).toString()
    return rows.map((row) => {
      const invitedBy = people.get(row.invitedBy)?.matrixId ?? ''
      return {
        id: row.id,
        displayName: open('invitation.name', row.id, row.sealedDisplayName),
        note: open('invitation.note', row.id, row.sealedNote),
        createdTs: row.createdTs,
        expiresTs: row.expiresTs,
        invitedBy,
        invitedByName: names.get(row.invitedBy) ?? usernameOf(invitedBy),
        state: stateOf(row),
      }
    })
  }

  async function look(token: string, ip: string): Promise<Invitation> {
    const attempt = attempts.begin(ip)
    const row = isWellFormedToken(token, 'invitation') ? await invitationByTokenHash(db, hashToken(token)) : undefined
    if (row === undefined || stateOf(row) !== 'open') throw gone()
    attempt.succeeded()
    const [invitation] = await present([row])
    return invitation!
  }

  async function withdraw(id: string): Promise<void> {
    if (await withdrawInvitation(db, id, clock.nowMs())) return
    const row = await invitationById(db, id)
    if (row === undefined) throw refuse('M_NOT_FOUND', 'There is no such invitation. Load the list again.')
    if (row.usedTs !== null) {
      throw refuse('CHANCERY_CONFLICT', 'This invitation has been used already. Look at the list of people instead.')
    }
  }

  async function accept(token: string, wish: Acceptance, ip: string): Promise<SignInAnswer> {
    await look(token, ip)
    const matrixId = checkNewUsername(wish.username, serverName)
    const displayName = checkDisplayName(wish.displayName)
    checkNewPassword(
      wish.password,
      {
        username: wish.username,
        displayName,
        organisation: await deps.organisation.name(),
      },
      deps.limits,
    )
    await accounts.assertFree(matrixId)
    const passwordHash = await passwords.hash(wish.password)
    const userId = await db.transaction(async (tx) => {
      const userId = await accounts.insertIn(tx, { matrixId, passwordHash, role: 'member' })
      if (!(await useInvitation(tx, hashToken(token), userId, clock.nowMs()))) throw gone()
      return userId
    })
    await profiles.setDisplayName(userId, displayName)
    return signIn.asNewAccount(userId, matrixId)
  }

  return { create, list: async () => present(await newestInvitations(db, listedMax)), withdraw, look, accept }
}
