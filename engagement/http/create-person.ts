/**
 * POST /api/v1/people
 *
 * - A citizen as an agency knows her. `agency` may be left out while there is one.
 * - An address that is unknown so far becomes hers; one that is somebody else's is refused (`address-taken`).
 * - `verified` says that the agency vouches for it. Codes and links prove it otherwise.
 */
import Type from 'typebox'
import { limits, type Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { People } from '../people/types.ts'
import { newAddress, presentPerson } from './present.ts'
import { Language, Name, NewAddressShape, OptionalAgency, PersonShape } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'enter'>
  idempotency: Pick<Idempotency, 'once'>
  people: Pick<People, 'create' | 'addressesOf'>
}

export function createPerson({ agencyDoors, idempotency, people }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people',
    operation: 'createPerson',
    needs: 'citizens.people',
    rate: 'citizens',
    body: Type.Object({
      agency: OptionalAgency,
      name: Name,
      otherNames: Type.Optional(Type.Array(Name, { maxItems: 20 })),
      language: Type.Optional(Language),
      addresses: Type.Optional(Type.Array(NewAddressShape, { maxItems: limits.addressesOfPersonMax })),
    }),
    answer: PersonShape,
    async handle(request) {
      const { agency: key, addresses = [], ...person } = request.body
      const { agency } = await agencyDoors.enter(request.caller, 'citizens.people', key)
      return idempotency.once(request, 'createPerson', async (tx) => {
        const wish = { ...person, agencyId: agency.id, addresses: addresses.map(newAddress) }
        const made = await people.create(tx, wish)
        return presentPerson(made, agency, await people.addressesOf(made.id, tx))
      })
    },
  })
}
