/**
 * POST /api/v1/accounts/{user_id}/login_token
 *
 * - A token by which a program signs in as this account (`m.login.token`): once, and within an hour. For owners.
 */
import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { limits, type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'
import type { LoginTokens } from '../sign-in/login-tokens.ts'

export type PersonLoginTokenDeps = {
  readonly moderation: Pick<Moderation, 'target'>
  readonly loginTokens: Pick<LoginTokens, 'create'>
}

export function createPersonLoginToken({ moderation, loginTokens }: PersonLoginTokenDeps): Route {
  return route({
    method: 'POST',
    path: '/api/v1/accounts/:userId/login_token',
    operation: 'createPersonLoginToken',
    needs: 'people.signIn',
    rate: 'settings',
    params: Type.Object({ userId: Type.String() }),
    answer: Type.Object({ login_token: Type.String(), expires_ts: Type.Integer() }),
    async handle({ caller, params }) {
      const account = await moderation.target(caller as Subject, params.userId)
      const { token, expiresTs } = await loginTokens.create(account.userId, limits.automationTokenLivesMs)
      return { login_token: token, expires_ts: expiresTs }
    },
  })
}
