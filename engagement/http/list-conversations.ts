/**
 * GET /api/v1/conversations
 *
 * - Of the agencies that one works for; those with the newest news first. What the room says a moment ago may be missing.
 * - `assignee`: a user id, `me`, or `none` for those that nobody leads. `state`: one or several, with commas between them;
 *   open and waiting ones when it is left out.
 */
import Type from 'typebox'
import { isProgram, type Principal } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { limits, type Route, refuse } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Desk } from '../desk/desk.ts'
import type { Shown } from '../desk/shown.ts'
import { ConversationShape, DeskCursor, DeskId, DeskLimit } from './desk-shapes.ts'

type Deps = {
  desk: Pick<Desk, 'agenciesOf' | 'queue'>
  shown: Pick<Shown, 'page'>
  users: Pick<Users, 'byMatrixId'>
}

const known: ReadonlySet<string> = new Set(['open', 'waiting', 'closed'])
/** Nobody has this number. */
const nobody = 0

export function listConversations({ desk, shown, users }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/conversations',
    operation: 'listConversations',
    needs: 'citizens.desk',
    query: Type.Object({
      queue: Type.Optional(DeskId),
      assignee: Type.Optional(Type.String({ maxLength: 255 })),
      state: Type.Optional(Type.String({ maxLength: 40 })),
      limit: DeskLimit,
      cursor: DeskCursor,
    }),
    answer: Type.Object({ conversations: Type.Array(ConversationShape), next_cursor: Type.Optional(Type.String()) }),
    async handle({ query, caller }) {
      const { queue: queueId, assignee, state, limit, cursor } = query
      const queue = queueId === undefined ? undefined : await desk.queue(caller, queueId)
      const agencyIds = queue === undefined ? (await desk.agenciesOf(caller)).map(({ id }) => id) : [queue.agencyId]
      const filter = {
        agencyIds,
        queueId: queue?.id,
        states: statesIn(state),
        isUntaken: assignee === 'none',
        assigneeId: await assigneeOf(users, caller, assignee),
        limit: limit ?? limits.deskPageMax / 2,
      }
      return shown.page(filter, cursor)
    },
  })
}

function statesIn(text: string | undefined): string[] {
  if (text === undefined) return ['open', 'waiting']
  const states = text.split(',')
  if (states.every((state) => known.has(state))) return states
  throw refuse('M_INVALID_PARAM', 'state is open, waiting or closed, or several of them with commas between.')
}

async function assigneeOf(
  users: Deps['users'],
  caller: Principal,
  assignee: string | undefined,
): Promise<number | undefined> {
  if (assignee === undefined || assignee === 'none') return undefined
  if (assignee === 'me') return isProgram(caller) ? nobody : caller.userId
  return (await users.byMatrixId(assignee))?.id ?? nobody
}
