/**
 * POST /api/v1/queues
 *
 * - A queue is a space of the agency's staff. Conversations that begin on one of its channels wait in it.
 */
import Type from 'typebox'
import { type Access, agency as agencyObject } from '#access/api.ts'
import type { Route } from '#platform/api.ts'
import type { Agencies } from '../agencies/types.ts'
import { citizenRoute } from '../citizen-route.ts'
import type { Shown } from '../desk/shown.ts'
import type { Queues } from '../desk/types.ts'
import { DeskAgency, QueueShape } from './desk-shapes.ts'

type Deps = {
  access: Pick<Access, 'require'>
  agencies: Pick<Agencies, 'named'>
  queues: Pick<Queues, 'create'>
  shown: Pick<Shown, 'queues'>
}

export const QueueName = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
export const QueueChannels = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 50 })

export function createQueue({ access, agencies, queues, shown }: Deps): Route {
  return citizenRoute({
    method: 'POST',
    path: '/api/v1/queues',
    operation: 'createQueue',
    needs: 'citizens.purposes',
    rate: 'settings',
    body: Type.Object({
      agency: DeskAgency,
      key: Type.String({ minLength: 1, maxLength: 64 }),
      name: QueueName,
      channels: Type.Optional(QueueChannels),
    }),
    answer: QueueShape,
    async handle({ body, caller }) {
      const { id } = await agencies.named(body.agency)
      access.require(caller, 'citizens.purposes', agencyObject(id))
      const queue = await queues.create({ agencyId: id, key: body.key, name: body.name, channels: body.channels ?? [] })
      return (await shown.queues([queue]))[0]
    },
  })
}
