/**
 * GET /_matrix/client/v3/pushers
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushers
 *
 * - Empty: nothing is pushed to phones yet.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'

export function getPushers(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/pushers'),
    operation: 'getPushers',
    needs: 'session',
    rate: 'read',
    handle: async () => ({ pushers: [] }),
  })
}
