/**
 * POST /api/v1/people/search
 *
 * - Like GET /api/v1/people, with what is looked for in the body, where no proxy writes it down.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { People } from '../people/types.ts'
import { FoundPeople, findPeople, PeopleQuery } from './find-people.ts'

type Deps = { agencyDoors: Pick<AgencyDoors, 'enter'>; people: People }

export function searchCitizens({ agencyDoors, people }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/search',
    operation: 'searchCitizens',
    needs: 'citizens.desk',
    rate: 'search',
    body: Type.Object(PeopleQuery),
    answer: FoundPeople,
    async handle({ caller, body }) {
      const { agency } = await agencyDoors.enter(caller, 'citizens.desk', body.agency)
      return findPeople(people, agency, body)
    },
  })
}
