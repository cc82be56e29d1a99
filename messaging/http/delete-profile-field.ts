/**
 * DELETE /_matrix/client/v3/profile/{userId}/{keyName}
 * https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3profileuseridkeyname
 *
 * - Removing a field that is not there changes nothing and answers the same.
 */

import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { ProfileChanges } from '../profiles/profile-changes.ts'
import { checkFieldName } from '../profiles/profile-fields.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { profileFieldPaths } from './profile-field-paths.ts'
import { EmptyAnswer, UserId } from './shapes.ts'

export function deleteProfileField({ changes }: { changes: Pick<ProfileChanges, 'set'> }): Route {
  return route({
    method: 'DELETE',
    path: profileFieldPaths,
    operation: 'deleteProfileField',
    needs: 'profile.change',
    rate: 'settings',
    params: Type.Object({ userId: UserId, keyName: Type.String() }),
    answer: EmptyAnswer,
    async handle({ params, caller }) {
      requireOwn(caller as Caller, params.userId)
      checkFieldName(params.keyName)
      await changes.set(caller as Caller, params.keyName, undefined)
      return {}
    },
  })
}
