/**
 * POST /_matrix/client/v3/logout/all
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3logoutall
 *
 * - Ends all sessions of the person, this one too, and forgets their devices.
 */

import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Sessions } from '../sessions/sessions.ts'

export function logoutAll({ sessions }: { sessions: Pick<Sessions, 'endAll'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/logout/all'),
    operation: 'logout_all',
    needs: 'session, locked or not',
    rate: 'settings',
    async handle({ caller }) {
      const subject: Subject = caller
      await sessions.endAll(subject.userId)
      return {}
    },
  })
}
