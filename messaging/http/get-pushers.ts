/**
 * GET /_matrix/client/v3/pushers
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushers
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { Pushers } from '../push/pushers.ts'
import type { Caller } from './acts.ts'

export function getPushers({ pushers }: { pushers: Pick<Pushers, 'of'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/pushers'),
    operation: 'getPushers',
    needs: 'session',
    rate: 'read',
    handle: async ({ caller }) => ({ pushers: await pushers.of((caller as Caller).userId) }),
  })
}
