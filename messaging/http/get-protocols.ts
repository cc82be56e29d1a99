/**
 * GET /_matrix/client/v3/thirdparty/protocols
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3thirdpartyprotocols
 *
 * - Empty: no bridges to other networks are offered through this interface.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'

export function getProtocols(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/thirdparty/protocols'),
    operation: 'getProtocols',
    needs: 'session',
    rate: 'read',
    handle: async () => ({}),
  })
}
