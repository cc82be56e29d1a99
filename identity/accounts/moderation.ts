import { isProgram, type Principal, requireAbove } from '#access/api.ts'
import { type Clock, type Limits, type Postgres, refuse } from '#platform/api.ts'
import type { Organisation } from '../api.ts'
import { checkNewPassword } from '../passwords/rules.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { type AccountRow, accountByMatrixId, setAccountLocked, setAccountSuspended } from '../store/account.ts'
import { serverNameOf, usernameOf } from '../users/usernames.ts'
import type { AccountKeeper } from './accounts.ts'

/** What administrators do to accounts of other people. */
export interface Moderation {
  /**
   * The living account that `by` may act upon. Throws M_INVALID_PARAM for people of other servers, M_NOT_FOUND, and
   * M_FORBIDDEN for an account that stands as high as one's own.
   */
  target(by: Principal, matrixId: string): Promise<AccountRow>
  /** The user id of an account whose devices `by` may see and end: the own one, or one below. Throws as `target` does. */
  deviceOwner(by: Principal, matrixId: string): Promise<number>
  lock(by: Principal, matrixId: string, locked: boolean): Promise<void>
  suspend(by: Principal, matrixId: string, suspended: boolean): Promise<void>
  /** Signs out everywhere unless told otherwise: who asks for a new password may have lost a device. */
  resetPassword(by: Principal, matrixId: string, password: string, logoutDevices: boolean): Promise<void>
  deactivate(by: Principal, matrixId: string, erase: boolean): Promise<void>
}

export type ModerationDeps = {
  readonly limits: Pick<Limits, 'passwordCharactersMin'>
  readonly db: Postgres
  readonly clock: Clock
  readonly serverName: string
  readonly sessions: Pick<Sessions, 'changedIn'>
  readonly accounts: Pick<AccountKeeper, 'changePassword' | 'deactivate'>
  readonly organisation: Pick<Organisation, 'name'>
}

export function createModeration(deps: ModerationDeps): Moderation {
  const { db, clock, serverName, sessions, accounts, organisation } = deps

  async function target(by: Principal, matrixId: string): Promise<AccountRow> {
    if (serverNameOf(matrixId) !== serverName) {
      throw refuse('M_INVALID_PARAM', 'This account is not one of this server. Ask those who run its server.')
    }
    const account = await accountByMatrixId(db, matrixId)
    if (account === undefined || account.deactivatedTs !== null) {
      throw refuse('M_NOT_FOUND', 'There is no such account here, or it is closed. Load the list of people again.')
    }
    requireAbove(by, account.role)
    return account
  }

  async function setStanding(account: AccountRow, set: typeof setAccountLocked, on: boolean): Promise<void> {
    const told = await db.transaction(async (tx) => {
      await set(tx, account.userId, on, clock.nowMs())
      return sessions.changedIn(tx, account.userId)
    })
    told.announce()
  }

  return {
    target,
    async deviceOwner(by, matrixId) {
      const account = await accountByMatrixId(db, matrixId)
      if (account === undefined)
        throw refuse('M_NOT_FOUND', 'There is no such account here. Load the list of people again.')
      if (isProgram(by) || by.userId !== account.userId) requireAbove(by, account.role)
      return account.userId
    },
    lock: async (by, matrixId, locked) => setStanding(await target(by, matrixId), setAccountLocked, locked),
    suspend: async (by, matrixId, suspended) => setStanding(await target(by, matrixId), setAccountSuspended, suspended),
    async resetPassword(by, matrixId, password, logoutDevices) {
      const account = await target(by, matrixId)
      const username = usernameOf(account.matrixId)
      checkNewPassword(password, { username, organisation: await organisation.name() }, deps.limits)
      await accounts.changePassword(
        account.userId,
        password,
        logoutDevices ? { endOthersExcept: undefined } : undefined,
      )
    },
    async deactivate(by, matrixId, erase) {
      await accounts.deactivate(await target(by, matrixId), erase)
    },
  }
}
