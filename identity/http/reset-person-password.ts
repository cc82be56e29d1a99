/**
 * POST /api/v1/accounts/{user_id}/password
 *
 * - Sets a new password for somebody who has lost hers, for administrators. Signs her out everywhere, unless
 *   `logout_devices` is false.
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'
import { Nothing } from './shapes.ts'

export function resetPersonPassword({ moderation }: { moderation: Pick<Moderation, 'resetPassword'> }): Route {
  return route({
    method: 'POST',
    path: '/api/v1/accounts/:userId/password',
    operation: 'resetPersonPassword',
    needs: 'people.moderate',
    rate: 'settings',
    params: Type.Object({ userId: Type.String() }),
    body: Type.Object({ new_password: Type.String(), logout_devices: Type.Optional(Type.Boolean()) }),
    answer: Nothing,
    async handle({ caller, params, body }) {
      const logoutDevices = body.logout_devices !== false
      await moderation.resetPassword(caller as Principal, params.userId, body.new_password, logoutDevices)
      return {}
    },
  })
}
