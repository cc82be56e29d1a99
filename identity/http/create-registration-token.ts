/**
 * POST /api/v1/registration_tokens
 *
 * - A word by which people may make accounts, where registration asks for one. Left out, the server makes it up.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { RegistrationTokens } from '../accounts/registration-tokens.ts'
import { presentRegistrationToken, RegistrationTokenShape } from './present-registration-token.ts'

type Deps = { registrationTokens: Pick<RegistrationTokens, 'create'> }

export function createRegistrationToken({ registrationTokens }: Deps): Route {
  return route({
    method: 'POST',
    path: '/api/v1/registration_tokens',
    operation: 'createRegistrationToken',
    needs: 'registration.tokens',
    rate: 'settings',
    body: Type.Object({
      token: Type.Optional(Type.String()),
      uses_allowed: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
      expires_ts: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    answer: RegistrationTokenShape,
    async handle({ body }) {
      const { token, uses_allowed: usesMax, expires_ts: expiresTs } = body
      const wish = {
        ...(token !== undefined && { token }),
        ...(usesMax !== undefined && { usesMax }),
        ...(expiresTs !== undefined && { expiresTs }),
      }
      return presentRegistrationToken(await registrationTokens.create(wish))
    },
  })
}
