import type { Route } from '#platform/api.ts'
import type { AgencyDoors } from '../agencies/doors.ts'
import type { Agencies } from '../agencies/types.ts'
import type { Idempotency } from '../idempotency/types.ts'
import type { SendIntake } from '../sends/send-intake.ts'
import type { Sending } from '../sends/sending.ts'
import type { Tasks } from '../sends/tasks.ts'
import { createSend } from './create-send.ts'
import { finishTask } from './finish-task.ts'
import { getSend } from './get-send.ts'
import { listTasks } from './list-tasks.ts'

export type SendRouteDeps = {
  readonly agencies: Agencies
  readonly agencyDoors: AgencyDoors
  readonly idempotency: Idempotency
  readonly intake: SendIntake
  readonly sending: Sending
  readonly tasks: Tasks
}

export function sendRoutes(deps: SendRouteDeps): Route[] {
  return [createSend(deps), getSend(deps), listTasks(deps), finishTask(deps)]
}
