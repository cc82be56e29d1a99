/**
 * GET /api/v1/conversations/{id}
 *
 * - With who works on it, and which way the next words take: by which channel and why, or why by none and what else is open.
 * - `by`: the way that they take if the writer wishes for this kind of channel.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Desk } from '../desk/desk.ts'
import type { Shown } from '../desk/shown.ts'
import { ById, ChannelKind, WholeConversation } from './desk-shapes.ts'

type Deps = { desk: Pick<Desk, 'conversation'>; shown: Pick<Shown, 'whole'> }

export function getConversation({ desk, shown }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/conversations/:id',
    operation: 'getConversation',
    needs: 'citizens.desk',
    params: ById,
    query: Type.Object({ by: Type.Optional(ChannelKind) }),
    answer: WholeConversation,
    handle: async ({ params, query, caller }) => shown.whole(await desk.conversation(caller, params.id), query.by),
  })
}
