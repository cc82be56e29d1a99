/**
 * GET /api/v1/queues
 *
 * - The queues of the agencies that one works for, with how many conversations are open in them and how many nobody leads.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Desk } from '../desk/desk.ts'
import type { Shown } from '../desk/shown.ts'
import type { Queues } from '../desk/types.ts'
import { QueueShape } from './desk-shapes.ts'

type Deps = { desk: Pick<Desk, 'agenciesOf'>; shown: Pick<Shown, 'queues'>; queues: Pick<Queues, 'ofAgency'> }

export function listQueues({ desk, shown, queues }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/queues',
    operation: 'listQueues',
    needs: 'citizens.desk',
    answer: Type.Object({ queues: Type.Array(QueueShape) }),
    async handle({ caller }) {
      const agencies = await desk.agenciesOf(caller)
      const all = await Promise.all(agencies.map((agency) => queues.ofAgency(agency.id)))
      return { queues: await shown.queues(all.flat()) }
    },
  })
}
