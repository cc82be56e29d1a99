/**
 * POST /_matrix/client/v3/user/{userId}/openid/request_token
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridopenidrequest_token
 *
 * - A proof for another service of who somebody is. It opens nothing here.
 */
import Type from 'typebox'
import { requireGoodStanding, type Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { OpenIdProofs } from '../sign-in/open-id-proofs.ts'

export type OpenIdDeps = { readonly openIdProofs: OpenIdProofs; readonly serverName: string }

export function requestOpenIdToken({ openIdProofs, serverName }: OpenIdDeps): Route {
  return route({
    method: 'POST',
    path: clientPaths('/user/:userId/openid/request_token'),
    operation: 'requestOpenIdToken',
    needs: 'session',
    rate: 'confirm',
    params: Type.Object({ userId: Type.String() }),
    body: Type.Object({}),
    async handle({ caller, params }) {
      const subject: Subject = caller
      if (params.userId !== subject.matrixId) {
        throw refuse('M_FORBIDDEN', 'You can prove only who you are yourself. Use your own user id.')
      }
      // Elsewhere, as in a call, nobody would know that she is suspended.
      requireGoodStanding(subject)
      const { token, livesMs } = await openIdProofs.create(subject.userId)
      return {
        access_token: token,
        token_type: 'Bearer',
        matrix_server_name: serverName,
        expires_in: livesMs / 1000,
      }
    },
  })
}
