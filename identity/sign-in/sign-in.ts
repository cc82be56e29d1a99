import { type Clock, type Db, refuse } from '#platform/api.ts'
import type { PasswordHashes } from '../passwords/argon2.ts'
import type { Sessions, StartedSession } from '../sessions/sessions.ts'
import { type AccountRow, accountByMatrixId, setPasswordHash } from '../store/account.ts'
import { matrixIdForSignIn } from '../users/usernames.ts'
import type { Attempts } from './attempts.ts'

/** The answer of every way to sign in. https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3login */
export type SignInAnswer = { user_id: string; access_token: string; device_id: string; home_server: string }

export type DeviceWish = { readonly deviceId?: string | undefined; readonly displayName?: string | undefined }

export interface SignIn {
  /** By user name or Matrix id and password. Unknown, deactivated and wrong all take the same time and words. */
  byPassword(user: string, password: string, ip: string, device: DeviceWish): Promise<SignInAnswer>
  /** For an account that has just been made. */
  asNewAccount(userId: number, matrixId: string, device: DeviceWish): Promise<SignInAnswer>
  /** Whether it is the password of the account; for a person who is signed in and proves her presence. */
  checkPassword(matrixId: string, password: string, ip: string): Promise<AccountRow>
}

export type SignInDeps = {
  readonly db: Db
  readonly passwords: PasswordHashes
  readonly sessions: Sessions
  readonly attempts: Attempts
  readonly clock: Clock
  readonly serverName: string
}

export function createSignIn({ db, passwords, sessions, attempts, clock, serverName }: SignInDeps): SignIn {
  async function check(matrixId: string | undefined, password: string, ip: string, named: string): Promise<AccountRow> {
    const attempt = attempts.begin(ip, named)
    const account = matrixId === undefined ? undefined : await accountByMatrixId(db, matrixId)
    const isRight = await passwords.verify(password, account?.passwordHash ?? undefined)
    if (account === undefined || account.passwordHash === null || !isRight || account.deactivatedTs !== null) {
      throw refuse('M_FORBIDDEN', 'The user name or the password is wrong. Check both and try again.')
    }
    attempt.succeeded()
    if (passwords.isOutdated(account.passwordHash)) {
      await setPasswordHash(db, account.userId, await passwords.hash(password), clock.nowMs())
    }
    return account
  }

  function present(matrixId: string, started: StartedSession): SignInAnswer {
    return {
      user_id: matrixId,
      access_token: started.accessToken,
      device_id: started.deviceId,
      home_server: serverName,
    }
  }

  return {
    async byPassword(user, password, ip, device) {
      const matrixId = matrixIdForSignIn(user, serverName)
      // Unknown names count against one bucket each as well, so that the limit does not tell who exists.
      const account = await check(matrixId, password, ip, matrixId ?? user.slice(0, 255))
      return present(account.matrixId, await sessions.start(account.userId, device))
    },
    async asNewAccount(userId, matrixId, device) {
      return present(matrixId, await sessions.start(userId, device))
    },
    checkPassword: (matrixId, password, ip) => check(matrixId, password, ip, matrixId),
  }
}
