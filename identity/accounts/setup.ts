import { type Clock, type Limits, type Postgres, type Random, refuse, type Vault } from '#platform/api.ts'
import type { Profiles, Setup } from '../api.ts'
import type { PasswordHashes } from '../passwords/argon2.ts'
import { checkNewPassword } from '../passwords/rules.ts'
import { hashToken, isWellFormedToken, makeToken } from '../sessions/token.ts'
import type { Attempts } from '../sign-in/attempts.ts'
import type { SignIn, SignInAnswer } from '../sign-in/sign-in.ts'
import { someOwners } from '../store/account.ts'
import { clearSetupLink, isSetupLink, replaceSetupLink, takeSetupLink } from '../store/setup-link.ts'
import { checkNewUsername } from '../users/usernames.ts'
import type { AccountKeeper } from './accounts.ts'
import { checkDisplayName, checkOrganisation } from './names.ts'
import { setOrganisationName } from './organisation.ts'

export type SetupWish = {
  readonly token: string
  readonly username: string
  readonly password: string
  readonly displayName: string
  readonly organisation: string
}

export interface SetupKeeper extends Setup {
  /** Throws M_NOT_FOUND when the link is unknown, used or replaced. */
  check(token: string, ip: string): Promise<void>
  /** Makes the owner, names the organisation, and signs in. The link is used up in the same transaction. */
  complete(wish: SetupWish, ip: string): Promise<SignInAnswer>
}

export type SetupDeps = {
  readonly limits: Pick<Limits, 'passwordCharactersMin'>
  readonly db: Postgres
  readonly vault: Pick<Vault, 'serverKey'>
  readonly clock: Clock
  readonly random: Random
  readonly serverName: string
  readonly passwords: PasswordHashes
  readonly accounts: Pick<AccountKeeper, 'insertIn' | 'assertFree'>
  readonly signIn: Pick<SignIn, 'asNewAccount'>
  readonly attempts: Attempts
  readonly profiles: Pick<Profiles, 'setDisplayName'>
}

const gone = () =>
  refuse('M_NOT_FOUND', 'This set-up link is not valid any more. The server prints a new one when it starts.')

export function createSetup(deps: SetupDeps): SetupKeeper {
  const { db, vault, clock, random, serverName, passwords, accounts, signIn, attempts, profiles } = deps

  async function ensureLink(): Promise<string | undefined> {
    const token = makeToken(random, 'setup')
    return db.transaction(async (tx) => {
      if ((await someOwners(tx)).length > 0) {
        await clearSetupLink(tx)
        return undefined
      }
      await replaceSetupLink(tx, hashToken(token), clock.nowMs())
      return token
    })
  }

  async function check(token: string, ip: string): Promise<void> {
    const attempt = attempts.begin(ip)
    if (!isWellFormedToken(token, 'setup') || !(await isSetupLink(db, hashToken(token)))) throw gone()
    attempt.succeeded()
  }

  async function complete(wish: SetupWish, ip: string): Promise<SignInAnswer> {
    await check(wish.token, ip)
    const matrixId = checkNewUsername(wish.username, serverName)
    const displayName = checkDisplayName(wish.displayName)
    const organisation = checkOrganisation(wish.organisation)
    checkNewPassword(wish.password, { username: wish.username, displayName, organisation }, deps.limits)
    await accounts.assertFree(matrixId)
    const passwordHash = await passwords.hash(wish.password)
    // The key is made before the transaction, which then holds its one connection only for as long as it must.
    await vault.serverKey('installation')
    const userId = await db.transaction(async (tx) => {
      if (!(await takeSetupLink(tx, hashToken(wish.token)))) throw gone()
      await setOrganisationName(tx, vault, organisation)
      return accounts.insertIn(tx, { matrixId, passwordHash, role: 'owner' })
    })
    await profiles.setDisplayName(userId, displayName)
    return signIn.asNewAccount(userId, matrixId)
  }

  return { ensureLink, check, complete }
}
