/**
 * GET /_matrix/client/v3/user/{userId}/filter/{filterId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3useruseridfilterfilterid
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, refuse, route } from '#platform/api.ts'
import type { Filters } from '../filters/filters.ts'
import type { Caller } from './acts.ts'
import { requireOwn } from './own-person.ts'
import { UserId } from './shapes.ts'

export function getFilter({ filters }: { filters: Pick<Filters, 'get'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/user/:userId/filter/:filterId'),
    operation: 'getFilter',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ userId: UserId, filterId: Type.String() }),
    async handle({ params, caller }) {
      requireOwn(caller as Caller, params.userId)
      const filter = await filters.get((caller as Caller).userId, params.filterId)
      if (filter === undefined) throw refuse('M_NOT_FOUND', 'There is no filter of this id. Store the filter again.')
      return filter
    },
  })
}
