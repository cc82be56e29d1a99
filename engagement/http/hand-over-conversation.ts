/**
 * POST /api/v1/conversations/{id}/hand-over
 *
 * - Invites a colleague, who leads the conversation from now on, and leaves its room.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Desk } from '../desk/desk.ts'
import type { Shown } from '../desk/shown.ts'
import { ById, WholeConversation } from './desk-shapes.ts'

type Deps = { desk: Pick<Desk, 'handOver'>; shown: Pick<Shown, 'whole'> }

export function handOverConversation({ desk, shown }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/conversations/:id/hand-over',
    operation: 'handOverConversation',
    needs: 'citizens.desk',
    rate: 'invite',
    params: ById,
    body: Type.Object({ to: Type.String({ minLength: 1, maxLength: 255 }) }),
    answer: WholeConversation,
    handle: async ({ params, body, caller }) => shown.whole(await desk.handOver(caller, params.id, body.to)),
  })
}
