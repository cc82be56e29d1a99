/**
 * POST /_matrix/client/v1/login/get_token
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv1loginget_token
 *
 * - Asks for the password first (user-interactive authentication).
 * - A token by which another device signs in as the same person: once, and within two minutes.
 */
import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { limits, type Route, refuse, route } from '#platform/api.ts'
import type { Presence } from '../api.ts'
import type { LoginTokens } from '../sign-in/login-tokens.ts'

export type GenerateLoginTokenDeps = { readonly loginTokens: LoginTokens; readonly presence: Presence }

export function generateLoginToken({ loginTokens, presence }: GenerateLoginTokenDeps): Route {
  return route({
    method: 'POST',
    path: '/_matrix/client/v1/login/get_token',
    operation: 'generateLoginToken',
    needs: 'session',
    rate: 'confirm',
    body: Type.Object({ auth: Type.Optional(Type.Unknown()) }),
    async handle({ caller, body, ip }) {
      const subject: Subject = caller
      if (subject.isGuest) {
        throw refuse('M_GUEST_ACCESS_FORBIDDEN', 'Guests cannot sign in on a second device. Ask for an account.')
      }
      const challenge = await presence.challenge(subject, body?.auth, 'sign in on another device', ip)
      if (challenge !== undefined) return challenge
      const { token } = await loginTokens.create(subject.userId, limits.loginTokenLivesMs)
      return { login_token: token, expires_in_ms: limits.loginTokenLivesMs }
    },
  })
}
