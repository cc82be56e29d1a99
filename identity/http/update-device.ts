/**
 * PUT /_matrix/client/v3/devices/{deviceId}
 * https://spec.matrix.org/v1.16/client-server-api/#put_matrixclientv3devicesdeviceid
 *
 * - Sets the display name; without one in the body nothing changes.
 */

import Type from 'typebox'
import type { Subject } from '#access/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Sessions } from '../sessions/sessions.ts'

export function updateDevice({ sessions }: { sessions: Pick<Sessions, 'one' | 'rename'> }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/devices/:deviceId'),
    operation: 'updateDevice',
    needs: 'session',
    rate: 'settings',
    params: Type.Object({ deviceId: Type.String() }),
    body: Type.Object({ display_name: Type.Optional(Type.String()) }),
    async handle({ caller, params, body }) {
      const subject: Subject = caller
      const isKnown =
        body.display_name === undefined
          ? (await sessions.one(subject.userId, params.deviceId)) !== undefined
          : await sessions.rename(subject.userId, params.deviceId, body.display_name)
      if (!isKnown) throw refuse('M_NOT_FOUND', 'You have no such device. Load the list of devices again.')
      return {}
    },
  })
}
