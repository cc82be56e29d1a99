/**
 * POST /api/v1/tasks/{id}/done
 *
 * - Somebody has done it: written a letter, called, or found that it is not needed. What is done stays done.
 */
import Type from 'typebox'
import { isProgram, type Principal } from '#access/api.ts'
import { limits, type Route } from '#platform/api.ts'
import { type AgencyDoors, absent } from '../agencies/doors.ts'
import type { Agencies } from '../agencies/types.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Tasks } from '../sends/tasks.ts'
import { presentTask, TaskShape } from './present-task.ts'
import { PublicId } from './shapes.ts'
import { throughAgency } from './through-agency.ts'

type Deps = {
  readonly agencyDoors: Pick<AgencyDoors, 'enter'>
  readonly agencies: Pick<Agencies, 'byId'>
  readonly tasks: Pick<Tasks, 'finish' | 'row'>
}

export function finishTask({ agencyDoors, agencies, tasks }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/tasks/:id/done',
    operation: 'finishTask',
    needs: 'citizens.desk',
    rate: 'settings',
    params: Type.Object({ id: PublicId }),
    body: Type.Object({ note: Type.Optional(Type.String({ minLength: 1, maxLength: limits.taskNoteCharsMax })) }),
    answer: TaskShape,
    async handle({ caller, params, body }) {
      const principal: Principal = caller
      const task = await tasks.row(params.id)
      await throughAgency({ agencyDoors, agencies }, principal, 'citizens.desk', task?.agencyId)
      if (task === undefined) throw absent()
      const userId = isProgram(principal) ? undefined : principal.userId
      return presentTask(await tasks.finish(task, { userId, note: body.note }))
    },
  })
}
