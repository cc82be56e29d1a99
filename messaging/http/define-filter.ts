/**
 * POST /_matrix/client/v3/user/{userId}/filter
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3useruseridfilter
 *
 * - The same filter gets the same id. A malformed one is refused with the key that is wrong.
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Filters } from '../filters/filters.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { JsonBody, UserId } from './shapes.ts'

export function defineFilter({ filters }: { filters: Pick<Filters, 'define'> }): Route {
  return route({
    method: 'POST',
    path: clientPaths('/user/:userId/filter'),
    operation: 'defineFilter',
    needs: 'session',
    rate: 'settings',
    params: Type.Object({ userId: UserId }),
    body: JsonBody,
    answer: Type.Object({ filter_id: Type.String() }),
    async handle({ params, body, caller }) {
      requireOwn(caller as Caller, params.userId)
      return { filter_id: await filters.define((caller as Caller).userId, body as JsonObject) }
    },
  })
}
