/**
 * GET /_matrix/client/v1/register/m.login.registration_token/validity
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1registermloginregistration_tokenvalidity
 *
 * - Whoever asks for wrong ones too often has to wait.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Registration } from '../accounts/registration.ts'
import type { RegistrationTokens } from '../accounts/registration-tokens.ts'
import type { Attempts } from '../sign-in/attempts.ts'

export type TokenValidityDeps = {
  readonly registration: Pick<Registration, 'assertOpen'>
  readonly registrationTokens: Pick<RegistrationTokens, 'find'>
  readonly attempts: Attempts
}

export function registrationTokenValidity({ registration, registrationTokens, attempts }: TokenValidityDeps): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/v1/register/m.login.registration_token/validity',
    operation: 'registrationTokenValidity',
    needs: 'nobody',
    rate: 'link',
    query: Type.Object({ token: Type.String() }),
    async handle({ query, ip }) {
      registration.assertOpen()
      const attempt = attempts.begin(ip)
      const valid = (await registrationTokens.find(query.token)) !== undefined
      if (valid) attempt.succeeded()
      return { valid }
    },
  })
}
