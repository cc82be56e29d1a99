/**
 * GET /_matrix/client/v3/profile/{userId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3profileuserid
 *
 * - For signed-in people only: who works here is not told to strangers.
 */

import Type from 'typebox'
import type { Users } from '#identity/api.ts'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { knownPerson } from './known-person.ts'
import { UserId } from './shapes.ts'

type Deps = { users: Pick<Users, 'byMatrixId'>; profiles: Pick<Profiles, 'get'> }

export function getUserProfile({ users, profiles }: Deps): Route {
  return route({
    method: 'GET',
    path: clientPaths('/profile/:userId'),
    operation: 'getUserProfile',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: UserId }),
    async handle({ params }) {
      return profiles.get((await knownPerson(users, params.userId)).id)
    },
  })
}
