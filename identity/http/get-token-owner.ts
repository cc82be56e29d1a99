/**
 * GET /_matrix/client/v3/account/whoami
 * https://spec.matrix.org/v1.16/client-server-api/#get_matrixclientv3accountwhoami
 */

import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'

export function getTokenOwner(): Route {
  return route({
    method: 'GET',
    path: clientPaths('/account/whoami'),
    operation: 'getTokenOwner',
    needs: 'session',
    rate: 'read',
    async handle({ caller }) {
      const subject: Subject = caller
      return { user_id: subject.matrixId, device_id: subject.deviceId, is_guest: subject.isGuest }
    },
  })
}
