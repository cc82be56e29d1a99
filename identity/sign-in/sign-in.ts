import { lockedRefusal } from '#access/api.ts'
import { type Db, refuse } from '#platform/api.ts'
import type { PasswordHashes } from '../passwords/argon2.ts'
import type { DeviceWish, Sessions, StartedSession, Tokens } from '../sessions/sessions.ts'
import { type AccountRow, accountByMatrixId, accountByUserId, replacePasswordHash } from '../store/account.ts'
import { matrixIdForSignIn } from '../users/usernames.ts'
import type { Attempts } from './attempts.ts'
import type { LoginTokens } from './login-tokens.ts'

/** Tokens as the API shows them. */
export type TokenAnswer = { access_token: string; refresh_token?: string; expires_in_ms?: number }

/** The answer of every way to sign in. https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3login */
export type SignInAnswer = TokenAnswer & { user_id: string; device_id: string; home_server: string }

export interface SignIn {
  /** By user name or Matrix id and password. Unknown, deactivated and wrong all take the same time and words. */
  byPassword(user: string, password: string, ip: string, device: DeviceWish): Promise<SignInAnswer>
  /** By a token that signs in once. */
  byToken(token: string, ip: string, device: DeviceWish): Promise<SignInAnswer>
  /** For an account that has just been made. */
  asNewAccount(userId: number, matrixId: string, device?: DeviceWish): Promise<SignInAnswer>
  /** Whether it is the password of the account; for a person who is signed in and proves her presence. */
  checkPassword(matrixId: string, password: string, ip: string): Promise<AccountRow>
}

export type SignInDeps = {
  readonly db: Db
  readonly passwords: PasswordHashes
  readonly sessions: Sessions
  readonly loginTokens: LoginTokens
  readonly attempts: Attempts
  readonly serverName: string
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { db, passwords, sessions, loginTokens, attempts, serverName } = deps

  async function check(matrixId: string | undefined, password: string, ip: string, named: string): Promise<AccountRow> {
    const attempt = attempts.begin(ip, named)
    const account = matrixId === undefined ? undefined : await accountByMatrixId(db, matrixId)
    const isRight = await passwords.verify(password, account?.passwordHash ?? undefined)
    if (account === undefined || account.passwordHash === null || !isRight || account.deactivatedTs !== null) {
      throw refuse('M_FORBIDDEN', 'The user name or the password is wrong. Check both and try again.')
    }
    attempt.succeeded()
    if (passwords.isOutdated(account.passwordHash)) {
      const passwordHash = await passwords.hash(password)
      const isRenewed = await replacePasswordHash(db, account.userId, account.passwordHash, passwordHash)
      if (isRenewed) return { ...account, passwordHash }
    }
    return account
  }

  async function start(account: AccountRow, device: DeviceWish): Promise<SignInAnswer> {
    if (account.lockedTs !== null) throw lockedRefusal()
    return present(account.matrixId, await sessions.start(account.userId, device, account))
  }

  function present(matrixId: string, started: StartedSession): SignInAnswer {
    return { user_id: matrixId, device_id: started.deviceId, home_server: serverName, ...presentTokens(started) }
  }

  return {
    async byPassword(user, password, ip, device) {
      const matrixId = matrixIdForSignIn(user, serverName)
      // Unknown names count against one bucket each as well, so that the limit does not tell who exists.
      return start(await check(matrixId, password, ip, matrixId ?? user.slice(0, 255)), device)
    },
    async byToken(token, ip, device) {
      const attempt = attempts.begin(ip)
      const account = await accountByUserId(db, await loginTokens.take(token))
      if (account === undefined || account.deactivatedTs !== null) {
        throw refuse('M_FORBIDDEN', 'This account has been closed. An administrator can say why.')
      }
      attempt.succeeded()
      return start(account, device)
    },
    async asNewAccount(userId, matrixId, device = {}) {
      return present(matrixId, await sessions.start(userId, device))
    },
    checkPassword: (matrixId, password, ip) => check(matrixId, password, ip, matrixId),
  }
}

export function presentTokens({ accessToken, refreshToken, expiresInMs }: Tokens): TokenAnswer {
  return {
    access_token: accessToken,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(expiresInMs !== undefined && { expires_in_ms: expiresInMs }),
  }
}
