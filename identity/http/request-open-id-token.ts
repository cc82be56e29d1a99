/**
 * POST /_matrix/client/v3/user/{userId}/openid/request_token
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridopenidrequest_token
 *
 * - A proof for another service of who somebody is. It opens nothing here.
 */
import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Clock, type Db, limits, type Random, type Route, refuse, route } from '#platform/api.ts'
import { hashToken, makeToken } from '../sessions/token.ts'
import { insertOpenIdToken } from '../store/open-id-token.ts'

export type OpenIdDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly random: Random
  readonly serverName: string
}

export function requestOpenIdToken({ db, clock, random, serverName }: OpenIdDeps): Route {
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
      const token = makeToken(random, 'openId')
      const expiresTs = clock.nowMs() + limits.openIdTokenLivesMs
      await insertOpenIdToken(db, { hash: hashToken(token), userId: subject.userId, expiresTs })
      return {
        access_token: token,
        token_type: 'Bearer',
        matrix_server_name: serverName,
        expires_in: limits.openIdTokenLivesMs / 1000,
      }
    },
  })
}
