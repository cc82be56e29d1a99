/**
 * POST /_matrix/client/v3/refresh
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3refresh
 *
 * - A new access token and a new refresh token. The old pair is good until one of the new ones is used, and then never
 *   again, so an answer that was lost on its way costs nothing.
 */
import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { presentTokens } from '../sign-in/sign-in.ts'

export function refresh({ sessions }: { sessions: Pick<Sessions, 'refresh'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/refresh'),
    operation: 'refresh',
    needs: 'nobody',
    rate: 'link',
    body: Type.Object({ refresh_token: Type.String() }),
    handle: async ({ body }) => presentTokens(await sessions.refresh(body.refresh_token)),
  })
}
