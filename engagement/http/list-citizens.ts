/**
 * GET /api/v1/people?agency&name&address&limit&cursor
 *
 * - `name`: who has all of the words among her names. `address`: whose it is, in whatever spelling. Neither: all, the newest
 *   first. Addresses are not told here; a record is opened for them.
 * - What stands in the address of a request is written down by proxies: POST /api/v1/people/search takes the same in its body.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { People } from '../people/types.ts'
import { FoundPeople, findPeople, PeopleQuery } from './find-people.ts'

type Deps = { agencyDoors: Pick<AgencyDoors, 'enter'>; people: People }

export function listCitizens({ agencyDoors, people }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/people',
    operation: 'listCitizens',
    needs: 'citizens.desk',
    rate: 'search',
    query: Type.Object(PeopleQuery),
    answer: FoundPeople,
    async handle({ caller, query }) {
      const { agency } = await agencyDoors.enter(caller, 'citizens.desk', query.agency)
      return findPeople(people, agency, query)
    },
  })
}
