/**
 * PUT /_matrix/client/v1/admin/lock/{userId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv1adminlockuserid
 *
 * - Everything but signing out is refused to who is locked, on every device and at once; the devices stay.
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'

export function setAdminLockUser({ moderation }: { moderation: Pick<Moderation, 'lock'> }): Route {
  return route({
    method: 'PUT',
    path: '/_matrix/client/v1/admin/lock/:userId',
    operation: 'setAdminLockUser',
    needs: 'people.moderate',
    rate: 'settings',
    params: Type.Object({ userId: Type.String() }),
    body: Type.Object({ locked: Type.Boolean() }),
    answer: Type.Object({ locked: Type.Boolean() }),
    async handle({ caller, params, body }) {
      await moderation.lock(caller as Principal, params.userId, body.locked)
      return { locked: body.locked }
    },
  })
}
