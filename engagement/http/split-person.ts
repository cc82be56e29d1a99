/**
 * POST /api/v1/people/{id}/split
 *
 * - A record that is of two people: the named addresses go to a new one, with a name of its own. What she agreed to stays with the
 *   first. Merging the two takes it back.
 */
import Type from 'typebox'
import { limits, type Route } from '#platform/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { Merging, People, RecordOpenings } from '../people/types.ts'
import { Language, Name, PersonShape, PublicId } from './shapes.ts'
import { shownPerson } from './shown-person.ts'

/** Whoever makes a record knows what is in it. */
const madeHere = 'The record was made out of another one.'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  idempotency: Pick<Idempotency, 'once'>
  openings: Pick<RecordOpenings, 'record'>
  merging: Pick<Merging, 'split'>
  people: People
}

export function splitPerson({ agencyDoors, idempotency, openings, merging, people }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/split',
    operation: 'splitPerson',
    needs: 'citizens.people',
    rate: 'citizens',
    params: Type.Object({ id: PublicId }),
    body: Type.Object({
      addresses: Type.Array(PublicId, { minItems: 1, maxItems: limits.addressesOfPersonMax }),
      name: Name,
      language: Type.Optional(Language),
    }),
    answer: PersonShape,
    async handle(request) {
      const { caller, params, body } = request
      const { person, agency } = await agencyDoors.person(caller, 'citizens.people', params.id)
      const found = await Promise.all(body.addresses.map((id) => people.addressByPublicId(id)))
      const addressIds = found.map((address) => {
        if (address?.agencyId !== agency.id) throw absent()
        return address.id
      })
      const { name, language } = body
      const { id } = await idempotency.once(request, 'splitPerson', async (tx) => {
        const made = await merging.split(tx, { personId: person.id, addressIds, name, language })
        await openings.record(caller, made.id, madeHere, tx)
        return { id: made.publicId }
      })
      return shownPerson(people, (await people.byPublicId(id))!, agency)
    },
  })
}
