/**
 * GET /_matrix/client/v3/login
 * https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3login
 *
 * - Says how people sign in here: by password, or by a token that they get where they are signed in.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'

export function getLoginFlows(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/login'),
    operation: 'getLoginFlows',
    needs: 'nobody',
    rate: 'read',
    handle: async () => ({
      flows: [{ type: 'm.login.password' }, { type: 'm.login.token', get_login_token: true }],
    }),
  })
}
