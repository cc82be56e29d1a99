import type { Subject } from '#access/api.ts'
import { type Clock, JsonBytes, Refusal, type Vault } from '#platform/api.ts'
import type { Presence } from '../api.ts'
import { matrixIdForSignIn } from '../users/usernames.ts'
import type { SignIn } from './sign-in.ts'

const sessionLivesMs = 10 * 60_000
const purpose = 'presence.session'
const flows = [{ stages: ['m.login.password'] }]

type Auth = { type?: unknown; session?: unknown; password?: unknown; user?: unknown; identifier?: unknown }

export type PresenceDeps = {
  readonly signIn: Pick<SignIn, 'checkPassword'>
  readonly vault: Pick<Vault, 'serverKey'>
  readonly clock: Clock
  readonly serverName: string
}

/**
 * User-interactive authentication with one stage, the password.
 * https://spec.matrix.org/v1.16/client-server-api/#user-interactive-authentication-api
 *
 * The session of the exchange is a sealed note for whom, for which act and until when it is good. So nothing is kept,
 * any process of the server can go on with it, and no password ever lies in it: the one stage is proven in the request
 * that acts.
 */
export function createPresence({ signIn, vault, clock, serverName }: PresenceDeps): Presence {
  async function newSession(subject: Subject, act: string): Promise<string> {
    const key = await vault.serverKey('presence')
    const note = JSON.stringify({ act, untilMs: clock.nowMs() + sessionLivesMs })
    return key.seal(purpose, String(subject.sessionId), Buffer.from(note)).toString('base64url')
  }

  async function isSession(subject: Subject, act: string, session: string): Promise<boolean> {
    const key = await vault.serverKey('presence')
    try {
      const note = key.open(purpose, String(subject.sessionId), Buffer.from(session, 'base64url')).toString()
      const { act: forAct, untilMs } = JSON.parse(note) as { act: string; untilMs: number }
      return forAct === act && clock.nowMs() < untilMs
    } catch {
      return false
    }
  }

  async function answer(subject: Subject, act: string, problem?: { errcode: string; error: string }) {
    const body = { ...problem, flows, params: {}, completed: [], session: await newSession(subject, act) }
    return new JsonBytes(Buffer.from(JSON.stringify(body)), 401)
  }

  async function challenge(subject: Subject, given: unknown, act: string, ip: string): Promise<JsonBytes | undefined> {
    if (typeof given !== 'object' || given === null) return answer(subject, act)
    const auth = given as Auth
    // A client that knows the flow may prove it in its first request, without a session.
    if (
      auth.session !== undefined &&
      !(typeof auth.session === 'string' && (await isSession(subject, act, auth.session)))
    ) {
      const error = 'This confirmation has expired or belongs to something else. Enter your password again.'
      return answer(subject, act, { errcode: 'M_UNAUTHORIZED', error })
    }
    if (auth.type === undefined) return answer(subject, act)
    if (auth.type !== 'm.login.password' || typeof auth.password !== 'string') {
      return answer(subject, act, { errcode: 'M_UNRECOGNIZED', error: 'Confirm this with your password.' })
    }
    const user = userOf(auth)
    if (user !== undefined && matrixIdForSignIn(user, serverName) !== subject.matrixId) {
      return answer(subject, act, {
        errcode: 'M_FORBIDDEN',
        error: 'Confirm this with your own user name and password.',
      })
    }
    try {
      await signIn.checkPassword(subject.matrixId, auth.password, ip)
      return undefined
    } catch (error) {
      if (error instanceof Refusal && error.code === 'M_FORBIDDEN') {
        return answer(subject, act, { errcode: 'M_FORBIDDEN', error: 'This password is wrong. Try again.' })
      }
      throw error
    }
  }
  return { challenge }
}

/** The user in the identifier, or in the older member `user`; undefined when none is named. */
function userOf(auth: Auth): string | undefined {
  const identifier = auth.identifier as { type?: unknown; user?: unknown } | null | undefined
  if (typeof identifier === 'object' && identifier !== null) {
    return identifier.type === 'm.id.user' && typeof identifier.user === 'string' ? identifier.user : ''
  }
  return auth.user === undefined ? undefined : String(auth.user)
}
