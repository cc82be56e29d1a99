/**
 * GET /_matrix/client/v3/register/available
 * https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3registeravailable
 *
 * - Answers for the form; the name is taken only when the account is made.
 * - Whoever asks too often has to wait, because the answer tells who has an account.
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { AccountKeeper } from '../accounts/accounts.ts'
import type { Attempts } from '../sign-in/attempts.ts'
import { checkNewUsername } from '../users/usernames.ts'

export type AvailabilityDeps = {
  readonly accounts: Pick<AccountKeeper, 'assertFree'>
  readonly attempts: Attempts
  readonly serverName: string
}

export function checkUsernameAvailability({ accounts, attempts, serverName }: AvailabilityDeps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/register/available'),
    operation: 'checkUsernameAvailability',
    needs: 'nobody',
    rate: 'link',
    query: Type.Object({ username: Type.String() }),
    async handle({ query, ip }) {
      const attempt = attempts.begin(ip)
      await accounts.assertFree(checkNewUsername(query.username, serverName))
      attempt.succeeded()
      return { available: true }
    },
  })
}
