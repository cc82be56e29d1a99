/**
 * POST /api/v1/conversations/{id}/take
 *
 * - One leads the conversation from now on and is in its room; a closed one is open again. Joining the room with any Matrix
 *   client does the same where nobody leads it.
 * - 409 while a colleague leads it, unless `takeOver` says that this is meant.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Desk } from '../desk/desk.ts'
import type { Shown } from '../desk/shown.ts'
import { ById, WholeConversation } from './desk-shapes.ts'

type Deps = { desk: Pick<Desk, 'take'>; shown: Pick<Shown, 'whole'> }

export function takeConversation({ desk, shown }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/conversations/:id/take',
    operation: 'takeConversation',
    needs: 'citizens.desk',
    rate: 'join',
    params: ById,
    body: Type.Optional(Type.Object({ takeOver: Type.Optional(Type.Boolean()) })),
    answer: WholeConversation,
    handle: async ({ params, body, caller }) =>
      shown.whole(await desk.take(caller, params.id, { takesOver: body?.takeOver === true })),
  })
}
