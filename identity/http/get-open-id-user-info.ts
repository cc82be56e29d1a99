/**
 * GET /_matrix/federation/v1/openid/userinfo
 * https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1openiduserinfo
 *
 * - Tells another service whose proof it holds.
 */
import Type from 'typebox'
import { type Clock, type Db, type Route, refuse, route } from '#platform/api.ts'
import { hashToken, isWellFormedToken } from '../sessions/token.ts'
import { findOpenIdToken } from '../store/open-id-token.ts'

export function getOpenIdUserInfo({ db, clock }: { db: Db; clock: Clock }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/federation/v1/openid/userinfo',
    operation: 'getOpenIdUserInfo',
    needs: 'nobody',
    rate: 'read',
    query: Type.Object({ access_token: Type.String() }),
    answer: Type.Object({ sub: Type.String() }),
    async handle({ query }) {
      const sub = isWellFormedToken(query.access_token, 'openId')
        ? await findOpenIdToken(db, hashToken(query.access_token), clock.nowMs())
        : undefined
      if (sub === undefined) throw refuse('M_UNKNOWN_TOKEN', 'This proof is unknown or has expired. Ask for a new one.')
      return { sub }
    },
  })
}
