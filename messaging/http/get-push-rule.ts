/**
 * GET /_matrix/client/v3/pushrules/global/{kind}/{ruleId}
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrulesglobalkindruleid
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PushRules } from '../push/push-rules.ts'
import { findRule, noSuchRule } from '../push/rule-editing.ts'
import type { Caller } from './acts.ts'
import { RuleParams, requireKind } from './push-rule-kind.ts'

export function getPushRule({ pushRules }: { pushRules: Pick<PushRules, 'of'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/pushrules/global/:kind/:ruleId'),
    operation: 'getPushRule',
    needs: 'session',
    rate: 'read',
    params: RuleParams,
    async handle({ params, caller }) {
      const rule = findRule(await pushRules.of(caller as Caller), requireKind(params.kind), params.ruleId)
      if (rule === undefined) throw noSuchRule()
      return rule
    },
  })
}
