/**
 * PATCH /api/v1/people/{id}/addresses/{addressId}
 *
 * - `verified`: the agency vouches for it. `shared`: several people use it, so that it is nobody's from then on.
 * - `readByOthers`: safe contact; no sensitive word and no code goes there.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { People } from '../people/types.ts'
import { ownAddress } from './own-address.ts'
import { presentAddress } from './present.ts'
import { AddressShape, PublicId } from './shapes.ts'

type Deps = { agencyDoors: Pick<AgencyDoors, 'person'>; idempotency: Pick<Idempotency, 'once'>; people: People }

export function changeAddress(deps: Deps): Route {
  return citizenRoute({
    method: 'PATCH',
    path: '/api/v1/people/:id/addresses/:addressId',
    operation: 'changeAddress',
    needs: 'citizens.people',
    rate: 'citizens',
    params: Type.Object({ id: PublicId, addressId: PublicId }),
    body: Type.Object({
      verified: Type.Optional(Type.Boolean()),
      shared: Type.Optional(Type.Boolean()),
      readByOthers: Type.Optional(Type.Boolean()),
    }),
    answer: AddressShape,
    async handle(request) {
      const { address } = await ownAddress(deps, request.caller, 'citizens.people', request.params)
      const { verified: isVerified, shared: isShared, readByOthers: isReadByOthers } = request.body
      await deps.idempotency.once(request, 'changeAddress', async (tx) => {
        await deps.people.changeAddress(tx, address.id, { isVerified, isShared, isReadByOthers })
        return {}
      })
      return presentAddress((await deps.people.addressById(address.id))!)
    },
  })
}
