/**
 * GET /_matrix/client/v3/presence/{userId}/status
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3presenceuseridstatus
 *
 * - This server does not watch who is at the keyboard: everybody it knows is told as offline.
 */

import Type from 'typebox'
import type { Users } from '#identity/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import { UserId } from './shapes.ts'

export function getPresence({ users }: { users: Pick<Users, 'byMatrixId'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/presence/:userId/status'),
    operation: 'getPresence',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: UserId }),
    async handle({ params }) {
      if ((await users.byMatrixId(params.userId)) === undefined) {
        throw refuse('M_NOT_FOUND', 'Nobody of this id is known here. Check the spelling.')
      }
      return { presence: 'offline' }
    },
  })
}
