/**
 * DELETE /api/v1/registration_tokens/{token_id}
 *
 * - It makes no account any more. Those that it made stay.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { RegistrationTokens } from '../accounts/registration-tokens.ts'
import { Nothing } from './shapes.ts'

type Deps = { registrationTokens: Pick<RegistrationTokens, 'withdraw'> }

export function withdrawRegistrationToken({ registrationTokens }: Deps): Route {
  return route({
    method: 'DELETE',
    path: '/api/v1/registration_tokens/:tokenId',
    operation: 'withdrawRegistrationToken',
    needs: 'registration.tokens',
    rate: 'settings',
    params: Type.Object({ tokenId: Type.String() }),
    answer: Nothing,
    async handle({ params }) {
      await registrationTokens.withdraw(params.tokenId)
      return {}
    },
  })
}
