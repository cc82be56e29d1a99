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
import type { People, RecordOpenings } from '../people/types.ts'
import { newAddress } from './present.ts'
import { Language, Name, NewAddressShape, OptionalAgency, PersonShape } from './shapes.ts'
import { shownPerson } from './shown-person.ts'

/** Whoever makes a record knows what is in it. */
const madeHere = 'The record was made.'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'enter'>
  idempotency: Pick<Idempotency, 'once'>
  openings: Pick<RecordOpenings, 'record'>
  people: Pick<People, 'create' | 'addressesOf' | 'byId' | 'byPublicId'>
}

export function createPerson({ agencyDoors, idempotency, openings, people }: Deps): Route {
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
      // Only the id is remembered under the key: an erasure must not leave a name there.
      const { id } = await idempotency.once(request, 'createPerson', async (tx) => {
        const wish = { ...person, agencyId: agency.id, addresses: addresses.map(newAddress) }
        const made = await people.create(tx, wish)
        await openings.record(request.caller, made.id, madeHere, tx)
        return { id: made.publicId }
      })
      return shownPerson(people, (await people.byPublicId(id))!, agency)
    },
  })
}
