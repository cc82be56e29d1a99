/**
 * DELETE /_matrix/client/v3/pushrules/global/{kind}/{ruleId}
 * https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3pushrulesglobalkindruleid
 *
 * - The server's own rules cannot be removed, only turned off.
 */
import { clientPaths } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PushRules } from '../push/push-rules.ts'
import { removeRule } from '../push/rule-editing.ts'
import type { Caller } from './acts.ts'
import { RuleParams, requireKind } from './push-rule-kind.ts'
import { EmptyAnswer } from './shapes.ts'

export function deletePushRule({ pushRules }: { pushRules: Pick<PushRules, 'change'> }): Route {
  return route({
    method: 'DELETE',
    path: clientPaths('/pushrules/global/:kind/:ruleId'),
    operation: 'deletePushRule',
    needs: 'session',
    rate: 'settings',
    params: RuleParams,
    answer: EmptyAnswer,
    async handle({ params, caller }) {
      const kind = requireKind(params.kind)
      await pushRules.change(caller as Caller, (rules) => removeRule(rules, kind, params.ruleId))
      return {}
    },
  })
}
