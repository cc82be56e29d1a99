/**
 * POST /api/v1/people/{id}/addresses
 *
 * - A further address. One that is unknown so far becomes hers; a shared one stays nobody's.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { People } from '../people/types.ts'
import { newAddress, presentAddress } from './present.ts'
import { AddressShape, NewAddressShape, PublicId } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  idempotency: Pick<Idempotency, 'once'>
  people: Pick<People, 'addAddress' | 'addressByPublicId'>
}

export function addAddress({ agencyDoors, idempotency, people }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/addresses',
    operation: 'addAddress',
    needs: 'citizens.people',
    rate: 'citizens',
    params: Type.Object({ id: PublicId }),
    body: NewAddressShape,
    answer: AddressShape,
    async handle(request) {
      const { person } = await agencyDoors.person(request.caller, 'citizens.people', request.params.id)
      const { id } = await idempotency.once(request, 'addAddress', async (tx) => {
        const { publicId } = await people.addAddress(tx, person.id, newAddress(request.body))
        return { id: publicId }
      })
      return presentAddress((await people.addressByPublicId(id))!)
    },
  })
}
