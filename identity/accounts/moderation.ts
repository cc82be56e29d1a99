import { isRole, type RoleName, type Subject } from '#access/api.ts'
import { type Clock, type Postgres, refuse } from '#platform/api.ts'
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
  target(by: Subject, matrixId: string): Promise<AccountRow>
  lock(by: Subject, matrixId: string, locked: boolean): Promise<void>
  suspend(by: Subject, matrixId: string, suspended: boolean): Promise<void>
  /** Signs out everywhere unless told otherwise: who asks for a new password may have lost a device. */
  resetPassword(by: Subject, matrixId: string, password: string, logoutDevices: boolean): Promise<void>
  deactivate(by: Subject, matrixId: string, erase: boolean): Promise<void>
}

export type ModerationDeps = {
  readonly db: Postgres
  readonly clock: Clock
  readonly serverName: string
  readonly sessions: Pick<Sessions, 'changedIn'>
  readonly accounts: Pick<AccountKeeper, 'changePassword' | 'deactivate'>
  readonly organisation: Pick<Organisation, 'name'>
}

const ranks: Readonly<Record<RoleName, number>> = { owner: 3, administrator: 2, member: 1, guest: 0 }
const rankOf = (role: string) => (isRole(role) ? ranks[role] : 0)

export function createModeration(deps: ModerationDeps): Moderation {
  const { db, clock, serverName, sessions, accounts, organisation } = deps

  async function target(by: Subject, matrixId: string): Promise<AccountRow> {
    if (serverNameOf(matrixId) !== serverName) {
      throw refuse('M_INVALID_PARAM', 'This account is not one of this server. Ask those who run its server.')
    }
    const [account, own] = await Promise.all([accountByMatrixId(db, matrixId), accountByMatrixId(db, by.matrixId)])
    if (account === undefined || account.deactivatedTs !== null) {
      throw refuse('M_NOT_FOUND', 'There is no such account here, or it is closed. Load the list of people again.')
    }
    if (own === undefined || rankOf(account.role) >= rankOf(own.role)) {
      throw refuse('M_FORBIDDEN', 'This account stands as high as yours. Ask an owner of this server.')
    }
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
    lock: async (by, matrixId, locked) => setStanding(await target(by, matrixId), setAccountLocked, locked),
    suspend: async (by, matrixId, suspended) => setStanding(await target(by, matrixId), setAccountSuspended, suspended),
    async resetPassword(by, matrixId, password, logoutDevices) {
      const account = await target(by, matrixId)
      const username = usernameOf(account.matrixId)
      checkNewPassword(password, { username, organisation: await organisation.name() })
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
