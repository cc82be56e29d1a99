/**
 * GET /api/v1/tasks
 *
 * - What a human has to do because no channel did, the newest first: `not-delivered`, `unknown` (it may have arrived) or
 *   `unconfirmed` (handed over, and the law wants a proof that did not come).
 */
import Type from 'typebox'
import type { Principal } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import { citizenRoute, readCursor } from '../citizen-route.ts'
import type { Tasks } from '../sends/tasks.ts'
import { presentTask, TaskShape } from './present-task.ts'
import { Cursor, Limit, NextCursor, OptionalAgency } from './shapes.ts'

type Deps = { readonly agencyDoors: Pick<AgencyDoors, 'enter'>; readonly tasks: Pick<Tasks, 'list'> }

const limitUsual = 50

export function listTasks({ agencyDoors, tasks }: Deps): Route {
  return citizenRoute({
    method: 'GET',
    path: '/api/v1/tasks',
    operation: 'listTasks',
    needs: 'citizens.desk',
    rate: 'read',
    query: Type.Object({
      agency: OptionalAgency,
      state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('done')])),
      limit: Limit,
      cursor: Cursor,
    }),
    answer: Type.Object({ tasks: Type.Array(TaskShape), next_cursor: NextCursor }),
    async handle({ caller, query }) {
      const principal: Principal = caller
      const { agency } = await agencyDoors.enter(principal, 'citizens.desk', query.agency)
      const isOpen = query.state === undefined ? undefined : query.state === 'open'
      const before = readCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER
      const limit = query.limit ?? limitUsual
      const found = await tasks.list({ agencyIds: [agency.id], before, isOpen, limit })
      return {
        tasks: found.tasks.map(presentTask),
        ...(found.next === undefined ? {} : { next_cursor: String(found.next) }),
      }
    },
  })
}
