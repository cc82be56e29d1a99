/**
 * GET /_matrix/client/v3/pushrules/global/
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrulesglobal
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PushRules } from '../push/push-rules.ts'
import type { Caller } from './acts.ts'

export function getPushRulesGlobal({ pushRules }: { pushRules: Pick<PushRules, 'of'> }): Route {
  return route({
    method: 'GET',
    path: [...clientPaths('/pushrules/global/'), ...clientPaths('/pushrules/global')],
    operation: 'getPushRulesGlobal',
    needs: 'session',
    rate: 'read',
    async handle({ caller }) {
      return pushRules.of(caller as Caller)
    },
  })
}
