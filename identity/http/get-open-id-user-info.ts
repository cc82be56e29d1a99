/**
 * GET /_matrix/federation/v1/openid/userinfo
 * https://spec.matrix.org/v1.19/server-server-api/#get_matrixfederationv1openiduserinfo
 *
 * - Tells another service whose proof it holds.
 */
import Type from 'typebox'
import { type Route, refuse, route } from '#platform/api.ts'
import type { OpenIdProofs } from '../sign-in/open-id-proofs.ts'

export function getOpenIdUserInfo({ openIdProofs }: { openIdProofs: Pick<OpenIdProofs, 'whose'> }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/federation/v1/openid/userinfo',
    operation: 'getOpenIdUserInfo',
    needs: 'nobody',
    rate: 'read',
    query: Type.Object({ access_token: Type.String() }),
    answer: Type.Object({ sub: Type.String() }),
    async handle({ query }) {
      const sub = await openIdProofs.whose(query.access_token)
      if (sub === undefined) throw refuse('M_UNKNOWN_TOKEN', 'This proof is unknown or has expired. Ask for a new one.')
      return { sub }
    },
  })
}
