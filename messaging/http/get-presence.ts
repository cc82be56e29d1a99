/**
 * GET /_matrix/client/v3/presence/{userId}/status
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3presenceuseridstatus
 *
 * - Told to those who are in a room with the person.
 * - Where presence is turned off everybody is told as offline.
 */

import Type from 'typebox'
import type { Users } from '#identity/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { PresenceBoard } from '../presence/presence-board.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { Caller } from './acts.ts'
import { UserId } from './shapes.ts'

type Deps = {
  users: Pick<Users, 'byMatrixId'>
  memberships: Pick<Memberships, 'load'>
  presenceBoard: Pick<PresenceBoard, 'of' | 'mayKnow'> | undefined
}

export function getPresence({ users, memberships, presenceBoard }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/presence/:userId/status'),
    operation: 'getPresence',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: UserId }),
    async handle({ params, caller }) {
      const subject = caller as Caller
      const person = await users.byMatrixId(params.userId)
      if (person === undefined) throw refuse('M_NOT_FOUND', 'Nobody of this id is known here. Check the spelling.')
      if (presenceBoard === undefined) return { presence: 'offline' }
      await Promise.all([memberships.load(subject.userId), memberships.load(person.id)])
      if (!presenceBoard.mayKnow(subject, person.id)) {
        throw refuse('M_FORBIDDEN', 'You are in no room with this person, so you may not see whether they are there.')
      }
      return presenceBoard.of(person.id)
    },
  })
}
