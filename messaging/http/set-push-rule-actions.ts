/**
 * PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleidactions
 */
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PushRules } from '../push/push-rules.ts'
import { changeRule, parseActions } from '../push/rule-editing.ts'
import type { Caller } from './acts.ts'
import { RuleParams, requireKind } from './push-rule-kind.ts'
import { EmptyAnswer, JsonBody } from './shapes.ts'

export function setPushRuleActions({ pushRules }: { pushRules: Pick<PushRules, 'change'> }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/pushrules/global/:kind/:ruleId/actions'),
    operation: 'setPushRuleActions',
    needs: 'session',
    rate: 'settings',
    params: RuleParams,
    body: JsonBody,
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const kind = requireKind(params.kind)
      const actions = parseActions((body as JsonObject).actions)
      await pushRules.change(caller as Caller, (rules) => changeRule(rules, kind, params.ruleId, { actions }))
      return {}
    },
  })
}
