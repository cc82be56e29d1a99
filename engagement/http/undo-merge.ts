/**
 * POST /api/v1/merges/{mergeId}/undo
 *
 * - The addresses that came with the absorbed record go back with it. What was ended meanwhile is ended for both.
 */
import Type from 'typebox'
import { type Access, agency as agencyObject } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { Merging } from '../people/types.ts'
import { actorOf } from './consent-shapes.ts'
import { PublicId } from './shapes.ts'

type Deps = {
  access: Pick<Access, 'require'>
  idempotency: Pick<Idempotency, 'once'>
  merging: Pick<Merging, 'undo' | 'agencyOf'>
}

const noAgency = 0

export function undoMerge({ access, idempotency, merging }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/merges/:mergeId/undo',
    operation: 'undoMerge',
    needs: 'citizens.people',
    rate: 'citizens',
    params: Type.Object({ mergeId: PublicId }),
    answer: Type.Object({}),
    async handle(request) {
      const { caller, params } = request
      const agencyId = (await merging.agencyOf(params.mergeId)) ?? noAgency
      access.require(caller, 'citizens.people', agencyObject(agencyId))
      return idempotency.once(request, 'undoMerge', async (tx) => {
        await merging.undo(tx, params.mergeId, actorOf(caller))
        return {}
      })
    },
  })
}
