/**
 * GET /_matrix/client/unstable/io.element.msc4308/thread_subscriptions
 * https://spec.matrix.org/proposals/ (MSC4308)
 *
 * - `to` may be a `pos` of sliding sync: what changed since.
 */
import Type from 'typebox'
import { type Route, route } from '#platform/api.ts'
import type { ThreadSubscriptions } from '../threads/thread-subscriptions.ts'
import type { Caller } from './acts.ts'

const limitDefault = 100

export function getThreadSubscriptions({ subscriptions }: { subscriptions: ThreadSubscriptions }): Route {
  return route({
    method: 'GET',
    path: '/_matrix/client/unstable/io.element.msc4308/thread_subscriptions',
    operation: 'getThreadSubscriptions',
    needs: 'session',
    rate: 'read',
    query: Type.Object({
      dir: Type.Literal('b'),
      from: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    async handle({ query, caller }) {
      const { from, to, limit } = query
      const { fields, more } = await subscriptions.page(caller as Caller, from, to, limit ?? limitDefault)
      return { ...fields, ...(more !== undefined && { end: more }) }
    },
  })
}
