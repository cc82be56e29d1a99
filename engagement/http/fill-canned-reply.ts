/**
 * GET /api/v1/conversations/{id}/canned-replies/{reply}
 *
 * - The words of a canned reply for this conversation, in her language where there is such a text. Nothing is sent by it.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { CannedReplies } from '../desk/canned-replies.ts'
import type { Desk } from '../desk/desk.ts'
import { DeskId } from './desk-shapes.ts'

type Deps = { desk: Pick<Desk, 'conversation'>; canned: CannedReplies }

export function fillCannedReply({ desk, canned }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/conversations/:id/canned-replies/:reply',
    operation: 'fillCannedReply',
    needs: 'citizens.desk',
    params: Type.Object({ id: DeskId, reply: DeskId }),
    query: Type.Object({ language: Type.Optional(Type.String({ maxLength: 35 })) }),
    answer: Type.Object({ language: Type.String(), text: Type.String() }),
    async handle({ params, query, caller }) {
      const conversation = await desk.conversation(caller, params.id)
      return canned.filled(caller, params.reply, conversation, query.language)
    },
  })
}
