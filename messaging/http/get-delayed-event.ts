/**
 * GET /_matrix/client/unstable/org.matrix.msc4140/delayed_events/{delayId}
 * https://spec.matrix.org/proposals/ (MSC4140)
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { DelayedEvents } from '../delayed/delayed-events.ts'
import type { Caller } from './acts.ts'
import { delayedPath } from './get-delayed-events.ts'
import { DelayId } from './shapes.ts'

export function getDelayedEvent(deps: { delayed: DelayedEvents }): Route {
  return route({
    method: 'GET',
    path: `${delayedPath}/:delayId`,
    operation: 'getDelayedEvent',
    needs: 'session',
    rate: 'read',
    params: Type.Object({ delayId: DelayId }),
    handle: ({ params, caller }) => deps.delayed.one(caller as Caller, params.delayId),
  })
}
