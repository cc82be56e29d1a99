/**
 * POST /api/v1/tokens
 *
 * - A token by which a program uses this API in nobody's name, for what `scopes` say: names of permissions that its maker
 *   holds herself. It is shown this once, and good for an hour unless `ttl_ms` says otherwise, a year at most.
 */
import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { limits, type Route, route } from '#platform/api.ts'
import type { ApiTokens } from '../programs/api-tokens.ts'

export function createApiToken({ apiTokens }: { apiTokens: Pick<ApiTokens, 'create'> }): Route {
  return route({
    method: 'POST',
    path: '/api/v1/tokens',
    operation: 'createApiToken',
    needs: 'api.tokens',
    rate: 'settings',
    body: Type.Object({
      scopes: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100 }),
      ttl_ms: Type.Optional(Type.Integer({ minimum: 1_000, maximum: limits.apiTokenLivesMsMax })),
      name: Type.Optional(Type.String({ minLength: 1 })),
    }),
    answer: Type.Object({ token_id: Type.String(), token: Type.String(), expires_ts: Type.Integer() }),
    async handle({ caller, body }) {
      const { scopes, ttl_ms: livesMs, name } = body
      const { id, token, expiresTs } = await apiTokens.create(caller as Subject, { scopes, livesMs, name })
      return { token_id: id, token, expires_ts: expiresTs }
    },
  })
}
