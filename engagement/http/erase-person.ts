/**
 * POST /api/v1/people/{id}/erase
 *
 * - Everything that is kept of her goes, and nothing is sent to her from now on. `stays` says in plain words what is left, and why:
 *   she is to be told.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { CitizenRights } from '../people/types.ts'
import { PublicId } from './shapes.ts'

type Deps = { agencyDoors: Pick<AgencyDoors, 'person'>; rights: Pick<CitizenRights, 'erase'> }

export function erasePerson({ agencyDoors, rights }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/erase',
    operation: 'erasePerson',
    needs: 'citizens.people',
    rate: 'settings',
    params: Type.Object({ id: PublicId }),
    answer: Type.Object({ stays: Type.Array(Type.Object({ what: Type.String(), why: Type.String() })) }),
    async handle({ caller, params }) {
      const { person } = await agencyDoors.person(caller, 'citizens.people', params.id)
      return { stays: await rights.erase(person.id) }
    },
  })
}
