/**
 * POST /_matrix/client/v3/delete_devices
 * https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3delete_devices
 *
 * - Asks for the password first (user-interactive authentication).
 * - Signs the devices out and forgets them. Those that are gone already are no error.
 */

import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Presence } from '../api.ts'
import type { Sessions } from '../sessions/sessions.ts'

export function deleteDevices({ sessions, presence }: { sessions: Pick<Sessions, 'end'>; presence: Presence }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/delete_devices'),
    operation: 'deleteDevices',
    needs: 'session',
    rate: 'confirm',
    body: Type.Object({
      devices: Type.Array(Type.String(), { maxItems: 1_000 }),
      auth: Type.Optional(Type.Unknown()),
    }),
    async handle({ caller, body, ip }) {
      const subject: Subject = caller
      const act = `end devices ${[...body.devices].sort().join(' ')}`
      const challenge = await presence.challenge(subject, body.auth, act, ip)
      if (challenge !== undefined) return challenge
      await sessions.end(subject.userId, body.devices)
      return {}
    },
  })
}
