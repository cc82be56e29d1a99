/**
 * GET /_matrix/client/v3/voip/turnServer
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3voipturnserver
 *
 * - Empty: this server names no relay for calls, and clients then connect directly.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'

export function getTurnServer(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/voip/turnServer'),
    operation: 'getTurnServer',
    needs: 'session',
    rate: 'read',
    handle: async () => ({}),
  })
}
