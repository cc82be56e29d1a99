/**
 * GET /_matrix/client/v3/room_keys/version
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keysversion
 *
 * - Key backups are not offered yet, so nobody has one.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'

export function getRoomKeysVersionCurrent(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/room_keys/version'),
    operation: 'getRoomKeysVersionCurrent',
    needs: 'session',
    rate: 'read',
    async handle() {
      throw refuse('M_NOT_FOUND', 'There is no key backup of this account. This server does not keep any yet.')
    },
  })
}
