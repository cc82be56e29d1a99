import Type from 'typebox'
import type { PushRuleKind } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import { isPushRuleKind } from '../push/rule-editing.ts'

/** A push rule as paths name it. */
export const RuleParams = Type.Object({ kind: Type.String(), ruleId: Type.String() })

export function requireKind(kind: string): PushRuleKind {
  // Under this name clients ask for it, and under the other they read it.
  if (kind === 'io.element.msc4306.postcontent') return 'postcontent'
  if (!isPushRuleKind(kind)) {
    throw refuse('M_INVALID_PARAM', 'The kind of a push rule is override, content, room, sender or underride.')
  }
  return kind
}
