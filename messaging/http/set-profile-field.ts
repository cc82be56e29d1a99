/**
 * PUT /_matrix/client/v3/profile/{userId}/{keyName}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3profileuseridkeyname
 *
 * - A new name or picture reaches the person's rooms as new membership events, the first fifty before the answer.
 * - A name or picture that is null or empty is removed.
 */
import Type from 'typebox'
import type { JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { ProfileChanges } from '../profiles/profile-changes.ts'
import { checkFieldName, fieldValue } from '../profiles/profile-fields.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { profileFieldPaths } from './profile-field-paths.ts'
import { EmptyAnswer, JsonBody, UserId } from './shapes.ts'

export function setProfileField({ changes }: { changes: Pick<ProfileChanges, 'set'> }): Route {
  return route({
    method: 'PUT',
    path: profileFieldPaths,
    operation: 'setProfileField',
    needs: 'profile.change',
    rate: 'settings',
    params: Type.Object({ userId: UserId, keyName: Type.String() }),
    body: JsonBody,
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      requireOwn(caller as Caller, params.userId)
      checkFieldName(params.keyName)
      await changes.set(caller as Caller, params.keyName, fieldValue(params.keyName, body as JsonObject))
      return {}
    },
  })
}
