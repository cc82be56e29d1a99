/**
 * POST /_matrix/client/v3/refresh
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3refresh
 *
 * - No refresh token was ever given, so none is known.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'

export function refresh(): Route {
  return route({
    method: 'POST',
    path: clientPaths('/refresh'),
    operation: 'refresh',
    needs: 'nobody',
    rate: 'link',
    async handle() {
      throw refuse('M_UNKNOWN_TOKEN', 'This server gives no refresh tokens, so it knows none. Sign in again.', {
        fields: { soft_logout: false },
      })
    },
  })
}
