/**
 * PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleidenabled
 */

import Type from 'typebox'
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PushRules } from '../push/push-rules.ts'
import { changeRule } from '../push/rule-editing.ts'
import type { Caller } from './acts.ts'
import { RuleParams, requireKind } from './push-rule-kind.ts'
import { EmptyAnswer } from './shapes.ts'

export function setPushRuleEnabled({ pushRules }: { pushRules: Pick<PushRules, 'change'> }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/pushrules/global/:kind/:ruleId/enabled'),
    operation: 'setPushRuleEnabled',
    needs: 'session',
    rate: 'settings',
    params: RuleParams,
    body: Type.Object({ enabled: Type.Boolean() }),
    answer: EmptyAnswer,
    async handle({ params, body, caller }) {
      const kind = requireKind(params.kind)
      const { enabled } = body
      await pushRules.change(caller as Caller, (rules) => changeRule(rules, kind, params.ruleId, { enabled }))
      return {}
    },
  })
}
