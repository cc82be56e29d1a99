import type { RoleName } from '#access/api.ts'
import { type Clock, type Postgres, refuse, type Tx, type Vault } from '#platform/api.ts'
import type { Accounts, Profiles, User, Users } from '../api.ts'
import type { PasswordHashes } from '../passwords/argon2.ts'
import { checkPasswordLength } from '../passwords/rules.ts'
import type { Sessions } from '../sessions/sessions.ts'
import {
  accountByMatrixId,
  anyAccount,
  deactivateAccount,
  insertAccount,
  setPasswordHash,
  someOwners,
} from '../store/account.ts'
import { deleteLoginTokensOf } from '../store/login-token.ts'
import { insertMissingUsers, setUserKey, usersByMatrixIds } from '../store/users.ts'
import { checkNewUsername } from '../users/usernames.ts'
import type { DepartureKeeper } from './departures.ts'

export type NewAccount = {
  readonly matrixId: string
  /** None cannot sign in by password. */
  readonly passwordHash: string | null
  readonly role: RoleName
}

export interface AccountKeeper extends Accounts {
  /** Makes the account in a transaction of the caller's. @returns the user id; throws M_USER_IN_USE. */
  insertIn(tx: Tx, account: NewAccount): Promise<number>
  /** Throws M_USER_IN_USE early, before a password is hashed; the insert decides. */
  assertFree(matrixId: string): Promise<void>
  /** Sets a new password and signs out everywhere but on the kept device, in one transaction. */
  changePassword(
    userId: number,
    password: string,
    kept?: { readonly endOthersExcept: string | undefined },
  ): Promise<void>
  /**
   * For good: no sign-in, no session, and the name is never given away; what belonged to the person is cleared. Throws
   * M_FORBIDDEN for the last owner.
   */
  deactivate(person: { userId: number; matrixId: string }, erase: boolean): Promise<void>
}

export type AccountsDeps = {
  readonly db: Postgres
  readonly vault: Pick<Vault, 'createKey'>
  readonly clock: Clock
  readonly serverName: string
  readonly users: Pick<Users, 'byIds'>
  readonly passwords: PasswordHashes
  readonly sessions: Pick<Sessions, 'endAllIn'>
  readonly profiles: Pick<Profiles, 'setDisplayName'>
  readonly departures: Pick<DepartureKeeper, 'begin'>
}

const inUse = () => refuse('M_USER_IN_USE', 'This user name is taken. Choose another one.')

export function createAccounts(deps: AccountsDeps): AccountKeeper {
  const { db, vault, clock, serverName, users, passwords, sessions, profiles, departures } = deps

  async function insertIn(tx: Tx, { matrixId, passwordHash, role }: NewAccount): Promise<number> {
    const nowTs = clock.nowMs()
    // The user may be there already: somebody may have written to the name before it had an account.
    await insertMissingUsers(tx, [{ matrixId, isLocal: true }], nowTs)
    const [user] = await usersByMatrixIds(tx, [matrixId])
    if (user === undefined) throw new Error(`The user ${matrixId} vanished while the account was made.`)
    if (!(await insertAccount(tx, { userId: user.id, role, passwordHash, nowTs }))) throw inUse()
    if (user.keyId === null) {
      const key = await vault.createKey(tx, 'person')
      // Somebody else's transaction may have given the user a key since; then ours stays unused and is harmless.
      await setUserKey(tx, user.id, key.id)
    }
    return user.id
  }

  async function assertFree(matrixId: string): Promise<void> {
    if ((await accountByMatrixId(db, matrixId)) !== undefined) throw inUse()
  }

  async function create(wish: Parameters<Accounts['create']>[0]): Promise<User> {
    const matrixId = checkNewUsername(wish.username, serverName)
    checkPasswordLength(wish.password)
    await assertFree(matrixId)
    const passwordHash = await passwords.hash(wish.password)
    const userId = await db.transaction((tx) => insertIn(tx, { matrixId, passwordHash, role: wish.role }))
    if (wish.displayName !== undefined) await profiles.setDisplayName(userId, wish.displayName)
    const user = (await users.byIds([userId])).get(userId)
    if (user === undefined) throw new Error(`The user ${matrixId} vanished after the account was made.`)
    return user
  }

  async function changePassword(userId: number, password: string, others?: { endOthersExcept: string | undefined }) {
    const passwordHash = await passwords.hash(password)
    const ended = await db.transaction(async (tx) => {
      if (!(await setPasswordHash(tx, userId, passwordHash))) {
        throw refuse('M_FORBIDDEN', 'This account is deactivated, so its password cannot be changed.')
      }
      if (others === undefined) return undefined
      // Sign-ins to come end with those that are.
      await deleteLoginTokensOf(tx, userId)
      return sessions.endAllIn(tx, userId, others.endOthersExcept)
    })
    ended?.announce()
  }

  async function deactivate({ userId, matrixId }: { userId: number; matrixId: string }, erase: boolean): Promise<void> {
    const ended = await db.transaction(async (tx) => {
      const owners = await someOwners(tx)
      if (owners.length === 1 && owners[0] === userId) {
        throw refuse(
          'M_FORBIDDEN',
          'You are the only owner of this server. Without an owner nobody could look after it.',
        )
      }
      await deactivateAccount(tx, userId, clock.nowMs(), erase)
      return sessions.endAllIn(tx, userId)
    })
    ended.announce()
    await departures.begin({ userId, matrixId, isErased: erase })
  }

  return { create, any: () => anyAccount(db), insertIn, assertFree, changePassword, deactivate }
}
