/**
 * GET /_matrix/client/unstable/io.element.msc4308/thread_subscriptions
 * https://spec.matrix.org/proposals/ (MSC4308)
 *
 * - `to` may be a `pos` of sliding sync: what changed since.
 */
import { type Route, route } from '#platform/api.ts'
import type { ThreadSubscriptions } from '../threads/thread-subscriptions.ts'
import type { Caller } from './acts.ts'
import { BackwardsPage } from './shapes.ts'

const limitDefault = 100

export function getThreadSubscriptions({ subscriptions }: { subscriptions: ThreadSubscriptions }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/unstable/io.element.msc4308/thread_subscriptions',
    operation: 'getThreadSubscriptions',
    needs: 'session',
    rate: 'read',
    query: BackwardsPage,
    async handle({ query, caller }) {
      const { from, to, limit } = query
      const { fields, more } = await subscriptions.page(caller as Caller, from, to, limit ?? limitDefault)
      return { ...fields, ...(more !== undefined && { end: more }) }
    },
  })
}
