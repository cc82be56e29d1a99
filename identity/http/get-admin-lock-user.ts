/**
 * GET /_matrix/client/v1/admin/lock/{userId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1adminlockuserid
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'

export function getAdminLockUser({ moderation }: { moderation: Pick<Moderation, 'target'> }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/v1/admin/lock/:userId',
    operation: 'getAdminLockUser',
    needs: 'people.moderate',
    rate: 'read',
    params: Type.Object({ userId: Type.String() }),
    answer: Type.Object({ locked: Type.Boolean() }),
    async handle({ caller, params }) {
      const account = await moderation.target(caller as Principal, params.userId)
      return { locked: account.lockedTs !== null }
    },
  })
}
