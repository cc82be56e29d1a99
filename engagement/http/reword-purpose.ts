/**
 * POST /api/v1/purposes/{id}/wordings
 *
 * - A new version of the words that citizens agree to, in all of its languages. Earlier versions stay as proof.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Purposes } from '../consent/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import { presentPurpose } from './present.ts'
import { PublicId, PurposeShape, WordingsShape } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'purpose'>
  idempotency: Pick<Idempotency, 'once'>
  purposes: Pick<Purposes, 'reword'>
}

export function rewordPurpose({ agencyDoors, idempotency, purposes }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/purposes/:id/wordings',
    operation: 'rewordPurpose',
    needs: 'citizens.purposes',
    rate: 'citizens',
    params: Type.Object({ id: PublicId }),
    body: Type.Object({ wordings: WordingsShape }),
    answer: PurposeShape,
    async handle(request) {
      const { caller, params, body } = request
      const { purpose, agency } = await agencyDoors.purpose(caller, 'citizens.purposes', params.id)
      return idempotency.once(request, 'rewordPurpose', async (tx) =>
        presentPurpose(await purposes.reword(tx, purpose.id, body.wordings), agency, body.wordings),
      )
    },
  })
}
