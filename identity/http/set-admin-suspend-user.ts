/**
 * PUT /_matrix/client/v1/admin/suspend/{userId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv1adminsuspenduserid
 *
 * - Who is suspended reads, leaves rooms and removes own messages, and does not write.
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Moderation } from '../accounts/moderation.ts'

export function setAdminSuspendUser({ moderation }: { moderation: Pick<Moderation, 'suspend'> }): Route {
  return route({
    method: 'PUT',
    path: '/_matrix/client/v1/admin/suspend/:userId',
    operation: 'setAdminSuspendUser',
    needs: 'people.moderate',
    rate: 'settings',
    params: Type.Object({ userId: Type.String() }),
    body: Type.Object({ suspended: Type.Boolean() }),
    answer: Type.Object({ suspended: Type.Boolean() }),
    async handle({ caller, params, body }) {
      await moderation.suspend(caller as Principal, params.userId, body.suspended)
      return { suspended: body.suspended }
    },
  })
}
