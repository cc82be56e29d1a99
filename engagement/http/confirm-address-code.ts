/**
 * POST /api/v1/people/{id}/addresses/{addressId}/confirm
 *
 * - The code that was sent to the address, as she told it. Five wrong tries end it (`wrong-code`).
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { AddressCodes, People } from '../people/types.ts'
import { ownAddress } from './own-address.ts'
import { presentAddress } from './present.ts'
import { AddressShape, PublicId } from './shapes.ts'

type Deps = { agencyDoors: Pick<AgencyDoors, 'person'>; codes: Pick<AddressCodes, 'confirm'>; people: People }

export function confirmAddressCode(deps: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/addresses/:addressId/confirm',
    operation: 'confirmAddressCode',
    needs: 'citizens.desk',
    rate: 'confirm',
    params: Type.Object({ id: PublicId, addressId: PublicId }),
    body: Type.Object({ code: Type.String({ pattern: '^[0-9]{6}$' }) }),
    answer: AddressShape,
    async handle({ caller, params, body }) {
      const { address } = await ownAddress(deps, caller, 'citizens.desk', params)
      await deps.codes.confirm({ addressId: address.id, code: body.code })
      return presentAddress((await deps.people.addressById(address.id))!)
    },
  })
}
