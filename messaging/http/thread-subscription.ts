/**
 * GET, PUT and DELETE /_matrix/client/unstable/io.element.msc4306/rooms/{roomId}/thread/{threadRootId}/subscription
 * https://spec.matrix.org/proposals/ (MSC4306)
 *
 * - `automatic` names the message for which an app subscribes by itself. It does nothing where the person does so already, and
 *   is refused for a message from before she ended her subscription.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { Doors } from '../rooms/doors.ts'
import type { ThreadSubscriptions } from '../threads/thread-subscriptions.ts'
import type { Caller } from './acts.ts'
import { EmptyAnswer, EventId, RoomId } from './shapes.ts'

type Deps = { doors: Doors; subscriptions: ThreadSubscriptions }

const common = {
  path: '/_matrix/client/unstable/io.element.msc4306/rooms/:roomId/thread/:threadRootId/subscription',
  needs: 'session',
  params: Type.Object({ roomId: RoomId, threadRootId: EventId }),
} as const

export function threadSubscription({ doors, subscriptions }: Deps): Route[] {
  return [
    route({
      ...common,
      method: 'GET',
      operation: 'getThreadSubscription',
      rate: 'read',
      answer: Type.Object({ automatic: Type.Boolean() }),
      async handle({ params, caller }) {
        const { room } = await doors.enter(caller as Caller, 'room.event', params.roomId)
        return subscriptions.one(caller as Caller, room, params.threadRootId)
      },
    }),
    route({
      ...common,
      method: 'PUT',
      operation: 'subscribeToThread',
      rate: 'settings',
      body: Type.Object({ automatic: Type.Optional(EventId) }),
      answer: EmptyAnswer,
      async handle({ params, body, caller }) {
        const { room, grant } = await doors.enter(caller as Caller, 'room.event', params.roomId)
        await subscriptions.subscribe(grant, room, params.threadRootId, body.automatic)
        return {}
      },
    }),
    route({
      ...common,
      method: 'DELETE',
      operation: 'unsubscribeFromThread',
      rate: 'settings',
      answer: EmptyAnswer,
      async handle({ params, caller }) {
        const { room, grant } = await doors.enter(caller as Caller, 'room.event', params.roomId)
        await subscriptions.unsubscribe(grant, room, params.threadRootId)
        return {}
      },
    }),
  ]
}
