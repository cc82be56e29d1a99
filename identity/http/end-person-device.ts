/**
 * DELETE /api/v1/people/{user_id}/devices/{device_id}
 *
 * - Signs somebody's device out at once, for administrators. Waiting requests of the device end.
 */
import Type from 'typebox'
import { type Route, refuse, route } from '#platform/api.ts'
import type { People } from '../accounts/people.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { Nothing } from './shapes.ts'

export type EndPersonDeviceDeps = { readonly people: Pick<People, 'idOf'>; readonly sessions: Pick<Sessions, 'end'> }

export function endPersonDevice({ people, sessions }: EndPersonDeviceDeps): Route {
  return route({
    method: 'DELETE',
    path: '/api/v1/people/:userId/devices/:deviceId',
    operation: 'endPersonDevice',
    needs: 'people.devices',
    rate: 'settings',
    params: Type.Object({ userId: Type.String(), deviceId: Type.String() }),
    answer: Nothing,
    async handle({ params }) {
      const userId = await people.idOf(params.userId)
      const ended = userId === undefined ? [] : await sessions.end(userId, [params.deviceId])
      if (ended.length === 0) throw refuse('M_NOT_FOUND', 'There is no such device. It may have signed out already.')
      return {}
    },
  })
}
