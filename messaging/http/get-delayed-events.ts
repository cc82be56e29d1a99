/**
 * GET /_matrix/client/unstable/org.matrix.msc4140/delayed_events
 * https://spec.matrix.org/proposals/ (MSC4140)
 *
 * - What waits is told whole, what is over in pages: `from` takes the `next_batch` of the page before, and goes on with that alone.
 * - `delayed_events` is the name that clients of an earlier form of the proposal read.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { DelayedEvents } from '../delayed/delayed-events.ts'
import type { Caller } from './acts.ts'

export const delayedPath = '/_matrix/client/unstable/org.matrix.msc4140/delayed_events'

export function getDelayedEvents(deps: { delayed: DelayedEvents }): Route {
  return route({
    method: 'GET',
    path: delayedPath,
    operation: 'getDelayedEvents',
    needs: 'session',
    rate: 'read',
    query: Type.Object({
      status: Type.Optional(Type.Union([Type.Literal('scheduled'), Type.Literal('finalised')])),
      from: Type.Optional(Type.String()),
    }),
    async handle({ query, caller }) {
      const subject = caller as Caller
      const { status, from } = query
      const isFirst = from === undefined
      const scheduled = status === 'finalised' || !isFirst ? undefined : await deps.delayed.waiting(subject)
      const { finalised, next } =
        status === 'scheduled' ? { finalised: undefined, next: undefined } : await deps.delayed.finished(subject, from)
      return {
        ...(scheduled && { scheduled, delayed_events: scheduled }),
        ...(finalised && { finalised }),
        ...(next !== undefined && { next_batch: next }),
      }
    },
  })
}
