/**
 * DELETE /api/v1/people/{id}/addresses/{addressId}
 *
 * - It is hers no more. What was said to and from it stays in its conversations, and STOPs stay with the address.
 */
import Type from 'typebox'
import type { Postgres, Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { People } from '../people/types.ts'
import { ownAddress } from './own-address.ts'
import { PublicId } from './shapes.ts'

type Deps = { db: Postgres; agencyDoors: Pick<AgencyDoors, 'person'>; people: People }

export function dropAddress(deps: Deps): Route {
  return citizenRoute({
    method: 'DELETE',
    path: '/api/v1/people/:id/addresses/:addressId',
    operation: 'dropAddress',
    needs: 'citizens.people',
    rate: 'citizens',
    params: Type.Object({ id: PublicId, addressId: PublicId }),
    answer: Type.Object({}),
    async handle({ caller, params }) {
      const { person, address } = await ownAddress(deps, caller, 'citizens.people', params)
      await deps.db.transaction((tx) => deps.people.dropAddress(tx, person.id, address.id))
      return {}
    },
  })
}
