/**
 * POST /api/v1/purposes
 *
 * - What an agency may write about, on which legal basis, and the words that citizens agree to, by language.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Purposes } from '../consent/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import { presentPurpose } from './present.ts'
import { Basis, Key, Name, OptionalAgency, PurposeShape, WordingsShape } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'enter'>
  idempotency: Pick<Idempotency, 'once'>
  purposes: Pick<Purposes, 'create'>
}

export function createPurpose({ agencyDoors, idempotency, purposes }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/purposes',
    operation: 'createPurpose',
    needs: 'citizens.purposes',
    rate: 'citizens',
    body: Type.Object({ agency: OptionalAgency, key: Key, title: Name, basis: Basis, wordings: WordingsShape }),
    answer: PurposeShape,
    async handle(request) {
      const { agency: agencyKey, ...wish } = request.body
      const { agency } = await agencyDoors.enter(request.caller, 'citizens.purposes', agencyKey)
      return idempotency.once(request, 'createPurpose', async (tx) => {
        const made = await purposes.create(tx, { ...wish, agencyId: agency.id })
        return presentPurpose(made, agency, wish.wordings)
      })
    },
  })
}
