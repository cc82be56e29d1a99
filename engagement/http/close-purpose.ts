/**
 * POST /api/v1/purposes/{id}/close
 *
 * - Nothing is sent for it any more, and nobody can agree to it. Who agreed can still end it.
 */
import Type from 'typebox'
import { type Route, refuse } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import { conversationKey } from '../consent/purposes.ts'
import type { Purposes } from '../consent/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import { presentPurpose } from './present.ts'
import { PublicId, PurposeShape } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'purpose'>
  idempotency: Pick<Idempotency, 'once'>
  purposes: Pick<Purposes, 'close' | 'wordings'>
}

export function closePurpose({ agencyDoors, idempotency, purposes }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/purposes/:id/close',
    operation: 'closePurpose',
    needs: 'citizens.purposes',
    rate: 'citizens',
    params: Type.Object({ id: PublicId }),
    answer: PurposeShape,
    async handle(request) {
      const { purpose, agency } = await agencyDoors.purpose(request.caller, 'citizens.purposes', request.params.id)
      if (purpose.key === conversationKey) {
        throw refuse('CHANCERY_CONFLICT', 'Whoever writes to an agency is answered: this purpose cannot be closed.')
      }
      return idempotency.once(request, 'closePurpose', async (tx) => {
        const closed = await purposes.close(tx, purpose.id)
        return presentPurpose(closed, agency, await purposes.wordings(closed.id, closed.wordingVersion, tx))
      })
    },
  })
}
