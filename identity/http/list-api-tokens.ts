/**
 * GET /api/v1/tokens
 *
 * - The living tokens of programs, the newest first: what they open, for what, who made them, and about when they were
 *   last used. One without `created_by` was made at the command line.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { ApiToken, ApiTokens } from '../programs/api-tokens.ts'

const Token = Type.Object({
  token_id: Type.String(),
  scopes: Type.Array(Type.String()),
  name: Type.Optional(Type.String()),
  created_by: Type.Optional(Type.String()),
  created_ts: Type.Integer(),
  expires_ts: Type.Integer(),
  last_used_ts: Type.Optional(Type.Integer()),
})

export function listApiTokens({ apiTokens }: { apiTokens: Pick<ApiTokens, 'list'> }): Route {
  return route({
    method: 'GET',
    path: '/api/v1/tokens',
    operation: 'listApiTokens',
    needs: 'api.tokens',
    rate: 'read',
    answer: Type.Object({ tokens: Type.Array(Token) }),
    handle: async () => ({ tokens: (await apiTokens.list()).map(present) }),
  })
}

function present({ id, scopes, name, maker, createdTs, expiresTs, lastUsedTs }: ApiToken) {
  return {
    token_id: id,
    scopes,
    ...(name !== undefined && { name }),
    ...(maker !== undefined && { created_by: maker }),
    created_ts: createdTs,
    expires_ts: expiresTs,
    ...(lastUsedTs !== undefined && { last_used_ts: lastUsedTs }),
  }
}
