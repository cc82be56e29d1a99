/**
 * GET /_matrix/client/v1/admin/suspend/{userId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1adminsuspenduserid
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'

export function getAdminSuspendUser({ moderation }: { moderation: Pick<Moderation, 'target'> }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/v1/admin/suspend/:userId',
    operation: 'getAdminSuspendUser',
    needs: 'people.moderate',
    rate: 'read',
    params: Type.Object({ userId: Type.String() }),
    answer: Type.Object({ suspended: Type.Boolean() }),
    async handle({ caller, params }) {
      const account = await moderation.target(caller as Principal, params.userId)
      return { suspended: account.suspendedTs !== null }
    },
  })
}
