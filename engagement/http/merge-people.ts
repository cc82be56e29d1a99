/**
 * POST /api/v1/people/{id}/merge
 *
 * - `absorb` names the record that is of the same person: its addresses become this one's. Conversations that run go on as they
 *   began. POST /api/v1/merges/{mergeId}/undo takes it back.
 * - Whoever merges sees both, and so needs a reason for both (`reason-needed`).
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { Merging, RecordOpenings } from '../people/types.ts'
import { PublicId } from './shapes.ts'

type Deps = {
  agencyDoors: Pick<AgencyDoors, 'person'>
  idempotency: Pick<Idempotency, 'once'>
  openings: Pick<RecordOpenings, 'require'>
  merging: Pick<Merging, 'merge'>
}

export function mergePeople({ agencyDoors, idempotency, openings, merging }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/people/:id/merge',
    operation: 'mergePeople',
    needs: 'citizens.people',
    rate: 'citizens',
    params: Type.Object({ id: PublicId }),
    body: Type.Object({ absorb: PublicId }),
    answer: Type.Object({ mergeId: Type.String() }),
    async handle(request) {
      const { caller, params, body } = request
      const { person: survivor } = await agencyDoors.person(caller, 'citizens.people', params.id)
      const { person: absorbed } = await agencyDoors.person(caller, 'citizens.people', body.absorb)
      if (survivor.agencyId !== absorbed.agencyId) throw absent()
      for (const { id } of [survivor, absorbed]) await openings.require(caller, id)
      return idempotency.once(request, 'mergePeople', async (tx) => ({
        mergeId: await merging.merge(tx, { survivorId: survivor.id, absorbedId: absorbed.id }),
      }))
    },
  })
}
