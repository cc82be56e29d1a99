/**
 * POST /_matrix/client/v3/keys/claim
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysclaim
 *
 * - Gives the oldest one-time key of each device, and each key once; where none is left, the fallback key.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { OneTimeKeys } from '../encryption/one-time-keys.ts'

export function claimKeys({ oneTimeKeys }: { oneTimeKeys: Pick<OneTimeKeys, 'claim'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/keys/claim'),
    operation: 'claimKeys',
    needs: 'session',
    rate: 'claim',
    body: Type.Object({
      one_time_keys: Type.Record(Type.String(), Type.Record(Type.String(), Type.String())),
      timeout: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    async handle({ body }) {
      const wishes = Object.entries(body.one_time_keys)
      return oneTimeKeys.claim(
        new Map(wishes.map(([matrixId, byDevice]) => [matrixId, new Map(Object.entries(byDevice))])),
      )
    },
  })
}
