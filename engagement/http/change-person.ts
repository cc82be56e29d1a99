/**
 * PATCH /api/v1/people/{id}
 *
 * - Her name, further names by which she is found, her language. What is left out stays.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { People, RecordOpenings } from '../people/types.ts'
import { Language, Name, PersonShape, PublicId } from './shapes.ts'
import { shownPerson } from './shown-person.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  idempotency: Pick<Idempotency, 'once'>
  openings: Pick<RecordOpenings, 'require'>
  people: Pick<People, 'change' | 'addressesOf' | 'byId'>
}

export function changePerson({ agencyDoors, idempotency, openings, people }: Deps): Route {
  return citizenRoute({
    method: 'PATCH',
    path: '/api/v1/people/:id',
    operation: 'changePerson',
    needs: 'citizens.people',
    rate: 'citizens',
    params: Type.Object({ id: PublicId }),
    body: Type.Object({
      name: Type.Optional(Name),
      otherNames: Type.Optional(Type.Array(Name, { maxItems: 20 })),
      language: Type.Optional(Language),
    }),
    answer: PersonShape,
    async handle(request) {
      const { caller, params, body } = request
      const { person, agency } = await agencyDoors.person(caller, 'citizens.people', params.id)
      await openings.require(caller, person.id)
      await idempotency.once(request, 'changePerson', async (tx) => {
        await people.change(tx, person.id, body)
        return {}
      })
      return shownPerson(people, (await people.byId(person.id))!, agency)
    },
  })
}
