/**
 * POST /_matrix/client/v3/logout
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3logout
 *
 * - Ends the session and forgets its device.
 */

import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Sessions } from '../sessions/sessions.ts'

export function logout({ sessions }: { sessions: Pick<Sessions, 'end'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/logout'),
    operation: 'logout',
    needs: 'session, locked or not',
    rate: 'settings',
    async handle({ caller }) {
      const subject: Subject = caller
      await sessions.end(subject.userId, [subject.deviceId])
      return {}
    },
  })
}
