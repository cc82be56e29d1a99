/**
 * DELETE /api/v1/tokens/{token_id}
 *
 * - It opens nothing from now on.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { ApiTokens } from '../programs/api-tokens.ts'
import { Nothing } from './shapes.ts'

export function revokeApiToken({ apiTokens }: { apiTokens: Pick<ApiTokens, 'revoke'> }): Route {
  return route({
    method: 'DELETE',
    path: '/api/v1/tokens/:tokenId',
    operation: 'revokeApiToken',
    needs: 'api.tokens',
    rate: 'settings',
    params: Type.Object({ tokenId: Type.String() }),
    answer: Nothing,
    async handle({ params }) {
      await apiTokens.revoke(params.tokenId)
      return {}
    },
  })
}
