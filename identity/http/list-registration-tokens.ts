/**
 * GET /api/v1/registration_tokens
 *
 * - The newest first.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { RegistrationTokens } from '../accounts/registration-tokens.ts'
import { presentRegistrationToken, RegistrationTokenShape } from './present-registration-token.ts'

type Deps = { registrationTokens: Pick<RegistrationTokens, 'list'> }

export function listRegistrationTokens({ registrationTokens }: Deps): Route {
  return route({
    method: 'GET',
    path: '/api/v1/registration_tokens',
    operation: 'listRegistrationTokens',
    needs: 'registration.tokens',
    rate: 'read',
    answer: Type.Object({ registration_tokens: Type.Array(RegistrationTokenShape) }),
    handle: async () => ({ registration_tokens: (await registrationTokens.list()).map(presentRegistrationToken) }),
  })
}
