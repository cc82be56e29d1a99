import { JsonBytes, Refusal } from '#platform/api.ts'
import type { Presence } from '../api.ts'
import { matrixIdForSignIn } from '../users/usernames.ts'
import type { Auth, Confirmations, Proof } from './confirmations.ts'
import type { SignIn } from './sign-in.ts'

export type PresenceDeps = {
  readonly signIn: Pick<SignIn, 'checkPassword'>
  readonly confirmations: Pick<Confirmations, 'ask'>
  readonly serverName: string
}

/** Who is signed in proves by her password that it is she who asks. */
export function createPresence({ signIn, confirmations, serverName }: PresenceDeps): Presence {
  async function prove(matrixId: string, auth: Auth, ip: string): Promise<Proof> {
    if (typeof auth.password !== 'string') {
      return {
        problem: { errcode: 'M_MISSING_PARAM', error: 'The password is missing. Confirm this with your password.' },
      }
    }
    const user = userOf(auth)
    if (user !== undefined && matrixIdForSignIn(user, serverName) !== matrixId) {
      return { problem: { errcode: 'M_FORBIDDEN', error: 'Confirm this with your own user name and password.' } }
    }
    try {
      await signIn.checkPassword(matrixId, auth.password, ip)
      return {}
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'M_FORBIDDEN') throw error
      return { problem: { errcode: 'M_FORBIDDEN', error: 'This password is wrong. Try again.' } }
    }
  }

  return {
    async challenge(subject, auth, act, ip) {
      const answer = await confirmations.ask({
        act: `${subject.sessionId} ${act}`,
        flows: [['m.login.password']],
        auth,
        prove: (_stage, given) => prove(subject.matrixId, given, ip),
      })
      return answer instanceof JsonBytes ? answer : undefined
    },
  }
}

/** The user in the identifier, or in the older member `user`; undefined when none is named. */
function userOf(auth: Auth): string | undefined {
  const identifier = auth.identifier as { type?: unknown; user?: unknown } | null | undefined
  if (typeof identifier === 'object' && identifier !== null) {
    return identifier.type === 'm.id.user' && typeof identifier.user === 'string' ? identifier.user : ''
  }
  return auth.user === undefined ? undefined : String(auth.user)
}
