/**
 * POST /_matrix/client/unstable/org.matrix.msc4140/delayed_events/{delayId}/{action}, and without the action, which is then in
 * the body
 * https://spec.matrix.org/proposals/ (MSC4140)
 *
 * - The proposal lets anybody do this who knows the id. Here it takes the session of the person whose event it is.
 */
import Type from 'typebox'
import { type Route, refuse, route } from '#platform/api.ts'
import type { DelayedAction, DelayedEvents } from '../delayed/delayed-events.ts'
import type { Caller } from './acts.ts'
import { delayedPath } from './get-delayed-events.ts'
import { DelayId, EmptyAnswer } from './shapes.ts'

const actions: ReadonlySet<string> = new Set(['cancel', 'restart', 'send'] satisfies DelayedAction[])

export function updateDelayedEvent(deps: { delayed: DelayedEvents }): Route {
  return route({
    method: 'POST',
    path: [`${delayedPath}/:delayId/:action`, `${delayedPath}/:delayId`],
    operation: 'updateDelayedEvent',
    needs: 'session',
    rate: 'signal',
    params: Type.Object({ delayId: DelayId, action: Type.Optional(Type.String()) }),
    body: Type.Optional(Type.Object({ action: Type.Optional(Type.String()) })),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const action = params.action ?? body?.action
      if (action === undefined) throw refuse('M_MISSING_PARAM', 'Say what to do: cancel, restart or send.')
      if (!actions.has(action)) throw refuse('M_INVALID_PARAM', 'A delayed event is cancelled, restarted or sent.')
      await deps.delayed.act(caller as Caller, params.delayId, action as DelayedAction)
      return {}
    },
  })
}
