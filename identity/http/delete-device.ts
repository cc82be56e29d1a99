/**
 * DELETE /_matrix/client/v3/devices/{deviceId}
 * https://spec.matrix.org/v1.16/client-server-api/#delete_matrixclientv3devicesdeviceid
 *
 * - Asks for the password first (user-interactive authentication).
 * - Signs the device out and forgets it. One that is gone already is no error.
 */

import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Presence } from '../api.ts'
import type { Sessions } from '../sessions/sessions.ts'

export function deleteDevice({ sessions, presence }: { sessions: Pick<Sessions, 'end'>; presence: Presence }): Route {
  return route({
    method: 'DELETE',
    path: clientPaths('/devices/:deviceId'),
    operation: 'deleteDevice',
    needs: 'session',
    rate: 'confirm',
    params: Type.Object({ deviceId: Type.String() }),
    body: Type.Object({ auth: Type.Optional(Type.Unknown()) }),
    async handle({ caller, params, body, ip }) {
      const subject: Subject = caller
      const challenge = await presence.challenge(subject, body?.auth, `end device ${params.deviceId}`, ip)
      if (challenge !== undefined) return challenge
      await sessions.end(subject.userId, [params.deviceId])
      return {}
    },
  })
}
