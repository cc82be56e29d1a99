/**
 * PATCH /api/v1/queues/{id}
 *
 * - A new name, or other channels whose conversations begin here. Those that are here stay.
 */
import Type from 'typebox'
import { type Access, agency } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Desk } from '../desk/desk.ts'
import type { Shown } from '../desk/shown.ts'
import type { Queues } from '../desk/types.ts'
import { QueueChannels, QueueName } from './create-queue.ts'
import { ById, QueueShape } from './desk-shapes.ts'

type Deps = {
  access: Pick<Access, 'require'>
  desk: Pick<Desk, 'queue'>
  queues: Pick<Queues, 'rename' | 'setChannels' | 'byPublicId'>
  shown: Pick<Shown, 'queues'>
}

export function changeQueue({ access, desk, queues, shown }: Deps): Route {
  return citizenRoute({
    method: 'PATCH',
    path: '/api/v1/queues/:id',
    operation: 'changeQueue',
    needs: 'citizens.purposes',
    rate: 'settings',
    params: ById,
    body: Type.Object({ name: Type.Optional(QueueName), channels: Type.Optional(QueueChannels) }),
    answer: QueueShape,
    async handle({ params, body, caller }) {
      const queue = await desk.queue(caller, params.id)
      access.require(caller, 'citizens.purposes', agency(queue.agencyId))
      if (body.name !== undefined) await queues.rename(queue, body.name)
      if (body.channels !== undefined) await queues.setChannels(queue, body.channels)
      return (await shown.queues([(await queues.byPublicId(params.id)) ?? queue]))[0]
    },
  })
}
