/**
 * GET /_matrix/client/v3/pushrules/
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrules
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PushRules } from '../push/push-rules.ts'
import type { Caller } from './acts.ts'

export function getPushRules({ pushRules }: { pushRules: Pick<PushRules, 'of'> }): Route {
  return route({
    method: 'GET',
    path: [...clientPaths('/pushrules/'), ...clientPaths('/pushrules')],
    operation: 'getPushRules',
    needs: 'session',
    rate: 'read',
    async handle({ caller }) {
      return { global: await pushRules.of(caller as Caller) }
    },
  })
}
