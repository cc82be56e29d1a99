/**
 * PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}
 * https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3pushrulesglobalkindruleid
 *
 * - A new rule is the most important of the person's own rules of its kind, unless `before` or `after` names a
 *   neighbour.
 * - A rule that exists gets new contents and stays on or off as it was.
 */
import Type from 'typebox'
import { clientPaths, type JsonObject } from '#matrix/api.ts'
import { type Route, route } from '#platform/api.ts'
import type { PushRules } from '../push/push-rules.ts'
import { parseRuleDraft, putRule } from '../push/rule-editing.ts'
import type { Caller } from './acts.ts'
import { RuleParams, requireKind } from './push-rule-kind.ts'
import { EmptyAnswer, JsonBody } from './shapes.ts'

export function setPushRule({ pushRules }: { pushRules: Pick<PushRules, 'change'> }): Route {
  return route({
    method: 'PUT',
    path: clientPaths('/pushrules/global/:kind/:ruleId'),
    operation: 'setPushRule',
    needs: 'session',
    rate: 'settings',
    params: RuleParams,
    query: Type.Object({ before: Type.Optional(Type.String()), after: Type.Optional(Type.String()) }),
    body: JsonBody,
    answer: EmptyAnswer,
    async handle({ params, query, body, caller }) {
      const kind = requireKind(params.kind)
      const draft = parseRuleDraft(kind, body as JsonObject)
      await pushRules.change(caller as Caller, (rules) => putRule(rules, kind, params.ruleId, draft, query))
      return {}
    },
  })
}
