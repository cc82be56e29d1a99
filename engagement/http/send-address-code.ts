/**
 * POST /api/v1/people/{id}/addresses/{addressId}/code
 *
 * - Sends a code and a link to the address, by which whoever reads it proves that it is hers.
 * - `purposeId`: of a request (double opt-in) that the code confirms as well.
 */
import Type from 'typebox'
import { type Route, refuse } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Purposes } from '../consent/types.ts'
import type { AddressCodes, People } from '../people/types.ts'
import { ownAddress } from './own-address.ts'
import { PublicId } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  codes: Pick<AddressCodes, 'send'>
  people: People
  purposes: Pick<Purposes, 'byPublicId'>
}

export function sendAddressCode(deps: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/addresses/:addressId/code',
    operation: 'sendAddressCode',
    needs: 'citizens.desk',
    rate: 'settings',
    params: Type.Object({ id: PublicId, addressId: PublicId }),
    body: Type.Object({ purposeId: Type.Optional(PublicId) }),
    answer: Type.Object({ expiresMs: Type.Integer() }),
    async handle({ caller, params, body }) {
      const { person, address } = await ownAddress(deps, caller, 'citizens.desk', params)
      const purpose = body.purposeId === undefined ? undefined : await deps.purposes.byPublicId(body.purposeId)
      if (body.purposeId !== undefined && purpose?.agencyId !== person.agencyId) {
        throw refuse('M_NOT_FOUND', 'This agency has no such purpose.')
      }
      return deps.codes.send({ addressId: address.id, personId: person.id, purposeId: purpose?.id })
    },
  })
}
