/**
 * GET /_matrix/client/v3/profile/{userId}/{keyName}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3profileuseridkeyname
 *
 * - Name and picture of somebody who set none are an empty object, which clients know from before there were other
 *   fields; any other field that is not there is M_NOT_FOUND.
 */
import Type from 'typebox'
import type { Users } from '#identity/api.ts'
import { ownKey } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import { checkFieldName, isInMemberships } from '../profiles/profile-fields.ts'
import type { Profiles } from '../profiles/profiles.ts'
import { knownPerson } from './known-person.ts'
import { profileFieldPaths } from './profile-field-paths.ts'
import { UserId } from './shapes.ts'

type Deps = { users: Pick<Users, 'byMatrixId'>; profiles: Pick<Profiles, 'get'> }

export function getProfileField({ users, profiles }: Deps): Route {
  return route({
    method: 'GET',
    path: profileFieldPaths,
    operation: 'getProfileField',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: UserId, keyName: Type.String() }),
    async handle({ params }) {
      const { keyName } = params
      checkFieldName(keyName)
      const profile = await profiles.get((await knownPerson(users, params.userId)).id)
      const value = ownKey(profile, keyName)
      if (value !== undefined) return { [keyName]: value }
      if (isInMemberships(keyName)) return {}
      throw refuse('M_NOT_FOUND', 'This profile has no such field.')
    },
  })
}
