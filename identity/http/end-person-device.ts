/**
 * DELETE /api/v1/accounts/{user_id}/devices/{device_id}
 *
 * - Signs somebody's device out at once, for administrators, of people below her. Waiting requests of the device end.
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { Nothing } from './shapes.ts'

export type EndPersonDeviceDeps = {
  readonly moderation: Pick<Moderation, 'deviceOwner'>
  readonly sessions: Pick<Sessions, 'end'>
}

export function endPersonDevice({ moderation, sessions }: EndPersonDeviceDeps): Route {
  return route({
    method: 'DELETE',
    path: '/api/v1/accounts/:userId/devices/:deviceId',
    operation: 'endPersonDevice',
    needs: 'people.devices',
    rate: 'settings',
    params: Type.Object({ userId: Type.String(), deviceId: Type.String() }),
    answer: Nothing,
    async handle({ caller, params }) {
      const userId = await moderation.deviceOwner(caller as Principal, params.userId)
      const ended = await sessions.end(userId, [params.deviceId])
      if (ended.length === 0) throw refuse('M_NOT_FOUND', 'There is no such device. It may have signed out already.')
      return {}
    },
  })
}
