/**
 * Changes to a person's push rules, as pure functions from one set of rules to the next.
 * https://spec.matrix.org/v1.19/client-server-api/#push-rules-api
 */
import {
  defaultPushRules,
  isJsonObject,
  isRoomId,
  isUserId,
  type JsonObject,
  type JsonValue,
  type PushAction,
  type PushCondition,
  type PushRule,
  type PushRuleKind,
  type PushRuleset,
  pushRuleKinds,
} from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'

export type Place = { readonly before?: string | undefined; readonly after?: string | undefined }

/** What a client sends of a rule, checked. */
export type RuleDraft = Pick<PushRule, 'actions' | 'conditions' | 'pattern'>

/** Rules of one kind that somebody may make herself; each is asked at every message to her. */
const ownRulesMax = 500
const masterRule = '.m.rule.master'

export function isPushRuleKind(text: string): text is PushRuleKind {
  return (pushRuleKinds as readonly string[]).includes(text)
}

export function findRule(rules: PushRuleset, kind: PushRuleKind, ruleId: string): PushRule | undefined {
  return rules[kind].find((rule) => rule.rule_id === ruleId)
}

/** Makes a rule, or gives an existing one new contents and, when a place is named, a new place. */
export function putRule(
  rules: PushRuleset,
  kind: PushRuleKind,
  ruleId: string,
  draft: RuleDraft,
  place: Place = {},
): PushRuleset {
  if (kind === 'postcontent') {
    throw refuse('M_INVALID_PARAM', 'Rules of this kind are the server’s own. They can be turned on and off.')
  }
  checkOwnRuleId(kind, ruleId)
  const existing = findRule(rules, kind, ruleId)
  const rule: PushRule = { rule_id: ruleId, default: false, enabled: existing?.enabled ?? true, ...draft }
  if (existing !== undefined && place.before === undefined && place.after === undefined) {
    return withKind(
      rules,
      kind,
      rules[kind].map((one) => (one === existing ? rule : one)),
    )
  }
  const others = rules[kind].filter((one) => one !== existing)
  if (others.filter((one) => !one.default).length >= ownRulesMax) {
    throw refuse('M_TOO_LARGE', `You can have ${ownRulesMax} rules of one kind. Remove one first.`)
  }
  const at = placeFor(others, place)
  return withKind(rules, kind, [...others.slice(0, at), rule, ...others.slice(at)])
}

export function removeRule(rules: PushRuleset, kind: PushRuleKind, ruleId: string): PushRuleset {
  const rule = findRule(rules, kind, ruleId)
  if (rule === undefined) throw noSuchRule()
  if (rule.default) {
    throw refuse('M_INVALID_PARAM', 'The rules of the server cannot be removed. Turn this one off instead.')
  }
  return withKind(
    rules,
    kind,
    rules[kind].filter((one) => one !== rule),
  )
}

/** Turns a rule on or off, or gives it other actions; the server's own rules too. */
export function changeRule(
  rules: PushRuleset,
  kind: PushRuleKind,
  ruleId: string,
  change: Partial<Pick<PushRule, 'enabled' | 'actions'>>,
): PushRuleset {
  const rule = findRule(rules, kind, ruleId)
  if (rule === undefined) throw noSuchRule()
  return withKind(
    rules,
    kind,
    rules[kind].map((one) => (one === rule ? { ...one, ...change } : one)),
  )
}

/**
 * The rules of a person from what is stored: the server's own rules are always those of this version of the server,
 * with the person's choice of on or off and of actions; her own rules stand before them, behind the master rule.
 */
export function rulesFromStored(stored: JsonObject | undefined, matrixId: string): PushRuleset {
  const rules = defaultPushRules(matrixId)
  const global = isJsonObject(stored?.global) ? stored.global : {}
  for (const kind of pushRuleKinds) {
    const kept = (Array.isArray(global[kind]) ? global[kind] : []) as unknown as PushRule[]
    const byId = new Map(kept.map((rule) => [rule.rule_id, rule]))
    const defaults = rules[kind].map((rule) => {
      const choice = byId.get(rule.rule_id)
      return choice === undefined ? rule : { ...rule, enabled: choice.enabled, actions: choice.actions }
    })
    const own = kept.filter((rule) => !rule.default)
    const masters = defaults.filter((rule) => rule.rule_id === masterRule)
    rules[kind] = [...masters, ...own, ...defaults.filter((rule) => rule.rule_id !== masterRule)]
  }
  return rules
}

/** The body of a rule, checked for its kind. Throws M_BAD_JSON or M_MISSING_PARAM with the key that is wrong. */
export function parseRuleDraft(kind: PushRuleKind, body: JsonObject): RuleDraft {
  const draft: RuleDraft = { actions: parseActions(body.actions) }
  if (kind === 'override' || kind === 'underride') draft.conditions = parseConditions(body.conditions)
  if (kind === 'content') {
    if (body.pattern === undefined) throw refuse('M_MISSING_PARAM', 'A content rule needs a pattern.')
    if (typeof body.pattern !== 'string') throw refuse('M_BAD_JSON', 'pattern must be a string.')
    draft.pattern = body.pattern
  }
  return draft
}

export function parseActions(actions: JsonValue | undefined): PushAction[] {
  if (actions === undefined) throw refuse('M_MISSING_PARAM', 'A push rule needs actions. Send an empty list for none.')
  if (!Array.isArray(actions)) throw refuse('M_BAD_JSON', 'actions must be a list.')
  for (const action of actions) {
    const isTweak = isJsonObject(action) && typeof action.set_tweak === 'string'
    if (typeof action !== 'string' && !isTweak) {
      throw refuse('M_BAD_JSON', 'Each action must be a string or an object with set_tweak.')
    }
  }
  return actions as PushAction[]
}

function parseConditions(conditions: JsonValue | undefined): PushCondition[] {
  if (conditions === undefined) return []
  if (!Array.isArray(conditions)) throw refuse('M_BAD_JSON', 'conditions must be a list.')
  for (const condition of conditions) {
    if (!isJsonObject(condition) || typeof condition.kind !== 'string') {
      throw refuse('M_BAD_JSON', 'Each condition must be an object with a kind.')
    }
  }
  return conditions as PushCondition[]
}

function checkOwnRuleId(kind: PushRuleKind, ruleId: string): void {
  if (ruleId.startsWith('.')) {
    throw refuse('M_INVALID_PARAM', 'Names that begin with a dot are kept for the rules of the server.')
  }
  if (ruleId === '' || /[/\\]/.test(ruleId) || ruleId.includes('\0') || Buffer.byteLength(ruleId) > 255) {
    throw refuse('M_INVALID_PARAM', 'The name of a rule has 1 to 255 bytes and holds no slash or backslash.')
  }
  if (kind === 'room' && !isRoomId(ruleId)) {
    throw refuse('M_INVALID_PARAM', 'The name of a room rule is the id of the room.')
  }
  if (kind === 'sender' && !isUserId(ruleId)) {
    throw refuse('M_INVALID_PARAM', 'The name of a sender rule is the id of the user.')
  }
}

/** `before` decides when both are given. Without either a new rule becomes the most important of the person's own. */
function placeFor(rules: readonly PushRule[], place: Place): number {
  const neighbour = place.before ?? place.after
  if (neighbour === undefined) return rules[0]?.rule_id === masterRule ? 1 : 0
  const at = rules.findIndex((rule) => rule.rule_id === neighbour && !rule.default)
  if (at < 0) {
    const wish = place.before === undefined ? 'after' : 'before'
    throw refuse('M_UNKNOWN', `The rule that ${wish} names is none of your own rules. Load the rules again.`, {
      status: 400,
    })
  }
  return place.before === undefined ? at + 1 : at
}

function withKind(rules: PushRuleset, kind: PushRuleKind, list: PushRule[]): PushRuleset {
  return { ...rules, [kind]: list }
}

export function noSuchRule(): Error {
  return refuse('M_NOT_FOUND', 'You have no such push rule. Load the rules again.')
}
