/**
 * GET /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions
 * https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushrulesglobalkindruleidactions
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PushRules } from '../push/push-rules.ts'
import { findRule, noSuchRule } from '../push/rule-editing.ts'
import type { Caller } from './acts.ts'
import { RuleParams, requireKind } from './push-rule-kind.ts'

export function getPushRuleActions({ pushRules }: { pushRules: Pick<PushRules, 'of'> }): Route {
  return route({
    method: 'GET',
    path: clientPaths('/pushrules/global/:kind/:ruleId/actions'),
    operation: 'getPushRuleActions',
    needs: 'session',
    rate: 'read',
    params: RuleParams,
    async handle({ params, caller }) {
      const rule = findRule(await pushRules.of(caller as Caller), requireKind(params.kind), params.ruleId)
      if (rule === undefined) throw noSuchRule()
      return { actions: rule.actions }
    },
  })
}
