/**
 * POST /api/v1/conversations/{id}/close, /wait and /open
 *
 * - close: out of its queue, and its staff out of the room; a new word from her opens it again.
 * - wait: she has to answer; it is open again as soon as she does. open: it is the staff's turn after all.
 */
import Type from 'typebox'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Desk } from '../desk/desk.ts'
import type { Shown } from '../desk/shown.ts'
import type { ConversationState } from '../desk/types.ts'
import { ById, WholeConversation } from './desk-shapes.ts'

type Deps = { desk: Pick<Desk, 'setState'>; shown: Pick<Shown, 'whole'> }

const verbs = [
  { verb: 'close', operation: 'closeConversation', state: 'closed' },
  { verb: 'wait', operation: 'waitForCitizen', state: 'waiting' },
  { verb: 'open', operation: 'openConversation', state: 'open' },
] as const satisfies readonly { verb: string; operation: string; state: ConversationState }[]

export function setConversationState({ desk, shown }: Deps): Route[] {
  return verbs.map(({ verb, operation, state }) =>
    citizenRoute({
      method: 'POST',
      path: `/api/v1/conversations/:id/${verb}`,
      operation,
      needs: 'citizens.desk',
      rate: 'settings',
      params: ById,
      body: Type.Optional(Type.Object({})),
      answer: WholeConversation,
      handle: async ({ params, caller }) => shown.whole(await desk.setState(caller, params.id, state)),
    }),
  )
}
