/**
 * GET /_matrix/client/v3/account/3pid
 * https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3account3pid
 *
 * - No mail address or phone number belongs to an account here, so the list is empty.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'

export function getAccount3pids(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/account/3pid'),
    operation: 'getAccount3PIDs',
    needs: 'session',
    rate: 'read',
    handle: async () => ({ threepids: [] }),
  })
}
