/**
 * GET /_matrix/client/unstable/io.element.msc4360/thread_updates
 * https://spec.matrix.org/proposals/ (MSC4360)
 *
 * - `to` may be a `pos` of sliding sync: what was said since, in the rooms of now.
 */
import { type Route, route } from '#platform/api.ts'
import type { ThreadUpdates } from '../threads/thread-updates.ts'
import type { Caller } from './acts.ts'
import { BackwardsPage } from './shapes.ts'

const limitDefault = 100

export function getThreadUpdates({ threadUpdates }: { threadUpdates: ThreadUpdates }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/unstable/io.element.msc4360/thread_updates',
    operation: 'getThreadUpdates',
    needs: 'session',
    rate: 'read',
    query: BackwardsPage,
    async handle({ query, caller }) {
      const { from, to, limit } = query
      const { rooms, more } = await threadUpdates.page(caller as Caller, from, to, limit ?? limitDefault)
      return { chunk: rooms, ...(more !== undefined && { next_batch: more }) }
    },
  })
}
