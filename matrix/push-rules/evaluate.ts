import { isJsonObject, type JsonObject, type JsonValue, ownKey } from '../json/json.ts'
import { compileGlob, containsWords } from './glob.ts'
import {
  type PushAction,
  type PushCondition,
  type PushRule,
  type PushRuleset,
  pushRuleKinds,
  threadCondition,
} from './rules.ts'

/**
 * Decides what an event means to one person: nothing, a notification, a highlight, a sound.
 * https://spec.matrix.org/v1.19/client-server-api/#push-rules
 *
 * Rules are compiled once and asked often: every message is put to the rules of every member. Whoever sent the event
 * is never notified of it, which is the caller's business.
 */
export type PushContext = {
  /** Joined members. */
  readonly memberCount: number
  /** The person's name in this room. */
  readonly displayName?: string | undefined
  /** Infinity for the creators of a version 12 room. */
  readonly senderPowerLevel: number
  /** `notifications` of the room's power levels; what is missing counts as 50. */
  readonly notificationLevels: { readonly [key: string]: number }
}

export type PushDecision = {
  readonly notify: boolean
  readonly highlight: boolean
  readonly sound?: string
  /** The rule that decided, and what it says; absent when none matched. */
  readonly ruleId?: string
  readonly actions: readonly PushAction[]
}

/** The event as clients see it. */
export type PushEvent = {
  readonly type: string
  readonly sender: string
  readonly content: JsonObject
  readonly room_id?: string
  readonly state_key?: string
}

type Matcher = (event: PushEvent, context: PushContext) => boolean
type CompiledRule = { readonly decision: PushDecision; readonly matchers: readonly Matcher[] }

/** Rules made ready for `evaluate`. Later changes of the set do not reach them: compile again. */
export class CompiledPushRules {
  readonly rules: readonly CompiledRule[]

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules
  }
}

const silence: PushDecision = { notify: false, highlight: false, actions: [] }
const defaultNotificationLevel = 50
const masterRuleId = '.m.rule.master'

/**
 * Compiles the enabled rules, in the order in which they are asked. The master rule is always first. `threads` are the roots of
 * threads that the person subscribed to.
 */
export function compilePushRules(ruleset: PushRuleset, threads: ReadonlySet<string> = new Set()): CompiledPushRules {
  const compiled: CompiledRule[] = []
  for (const kind of pushRuleKinds) {
    for (const rule of ruleset[kind] ?? []) {
      if (!rule.enabled) continue
      const matchers = matchersOf(kind, rule, threads)
      if (matchers === undefined) continue
      const ready = { decision: decisionOf(rule), matchers }
      if (kind === 'override' && rule.rule_id === masterRuleId) compiled.unshift(ready)
      else compiled.push(ready)
    }
  }
  return new CompiledPushRules(compiled)
}

/** What the first matching rule says. Takes compiled rules; a plain set is compiled for this one call. */
export function evaluate(rules: CompiledPushRules | PushRuleset, event: PushEvent, context: PushContext): PushDecision {
  const compiled = rules instanceof CompiledPushRules ? rules : compilePushRules(rules)
  for (const rule of compiled.rules) {
    if (matchesAll(rule.matchers, event, context)) return rule.decision
  }
  return silence
}

function matchesAll(matchers: readonly Matcher[], event: PushEvent, context: PushContext): boolean {
  for (const matcher of matchers) if (!matcher(event, context)) return false
  return true
}

function decisionOf(rule: PushRule): PushDecision {
  let notify = false
  let highlight = false
  let sound: string | undefined
  for (const action of rule.actions) {
    if (action === 'notify') notify = true
    if (typeof action === 'string') continue
    if (action.set_tweak === 'highlight') highlight = action.value !== false
    if (action.set_tweak === 'sound' && typeof action.value === 'string') sound = action.value
  }
  const decision = { notify, highlight: notify && highlight, ruleId: rule.rule_id, actions: rule.actions }
  return sound === undefined || !notify ? decision : { ...decision, sound }
}

/** Undefined for a rule that can never match. */
function matchersOf(kind: string, rule: PushRule, threads: ReadonlySet<string>): Matcher[] | undefined {
  if (kind === 'room') return [(event) => event.room_id === rule.rule_id]
  if (kind === 'sender') return [(event) => event.sender === rule.rule_id]
  if (kind === 'content') {
    const matcher = matcherOf({ kind: 'event_match', key: 'content.body', pattern: rule.pattern ?? '' })
    return matcher === undefined || typeof rule.pattern !== 'string' ? undefined : [matcher]
  }
  const matchers: Matcher[] = []
  for (const condition of rule.conditions ?? []) {
    const matcher = condition.kind === threadCondition ? ofThread(condition, threads) : matcherOf(condition)
    if (matcher === undefined) return undefined
    matchers.push(matcher)
  }
  return matchers
}

/** Undefined for conditions that are unknown or incomplete, which match nothing. */
function matcherOf(condition: PushCondition): Matcher | undefined {
  switch (condition.kind) {
    case 'event_match':
      return eventMatch(condition)
    case 'event_property_is':
      return propertyIs(condition)
    case 'event_property_contains':
      return propertyContains(condition)
    case 'room_member_count':
      return memberCount(condition)
    case 'sender_notification_permission':
      return notificationPermission(condition)
    case 'contains_display_name':
      return containsDisplayName
    default:
      return undefined
  }
}

function ofThread({ subscribed }: PushCondition, threads: ReadonlySet<string>): Matcher | undefined {
  if (typeof subscribed !== 'boolean') return undefined
  return ({ content }) => {
    const relation = ownKey(content, 'm.relates_to')
    if (!isJsonObject(relation) || ownKey(relation, 'rel_type') !== 'm.thread') return false
    const root = ownKey(relation, 'event_id')
    return typeof root === 'string' && threads.has(root) === subscribed
  }
}

function eventMatch({ key, pattern }: PushCondition): Matcher | undefined {
  if (typeof key !== 'string' || typeof pattern !== 'string') return undefined
  const read = reader(key)
  const glob = compileGlob(pattern)
  const matches = key === 'content.body' ? glob.matchesWords : glob.matchesWhole
  return (event) => {
    const value = read(event)
    return typeof value === 'string' && matches(value)
  }
}

function propertyIs({ key, value }: PushCondition): Matcher | undefined {
  if (typeof key !== 'string' || !isSimple(value)) return undefined
  const read = reader(key)
  return (event) => read(event) === value
}

function propertyContains({ key, value }: PushCondition): Matcher | undefined {
  if (typeof key !== 'string' || !isSimple(value)) return undefined
  const read = reader(key)
  return (event) => {
    const found = read(event)
    return Array.isArray(found) && found.includes(value)
  }
}

function memberCount({ is }: PushCondition): Matcher | undefined {
  const match = typeof is === 'string' ? /^(==|<=|>=|<|>|)([0-9]{1,15})$/.exec(is) : null
  if (match === null) return undefined
  const count = Number(match[2])
  switch (match[1]) {
    case '<':
      return (_, context) => context.memberCount < count
    case '>':
      return (_, context) => context.memberCount > count
    case '<=':
      return (_, context) => context.memberCount <= count
    case '>=':
      return (_, context) => context.memberCount >= count
    default:
      return (_, context) => context.memberCount === count
  }
}

function notificationPermission({ key }: PushCondition): Matcher | undefined {
  if (typeof key !== 'string') return undefined
  return (_, context) => {
    const levels = context.notificationLevels
    const needed = Object.hasOwn(levels, key) ? (levels[key] as number) : defaultNotificationLevel
    return context.senderPowerLevel >= needed
  }
}

function containsDisplayName(event: PushEvent, context: PushContext): boolean {
  const body = ownKey(event.content, 'body')
  if (typeof body !== 'string' || context.displayName === undefined || context.displayName === '') return false
  return containsWords(body.toLowerCase(), context.displayName.toLowerCase())
}

function isSimple(value: JsonValue | undefined): value is string | number | boolean | null {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)
}

/** Reads a dot-separated path such as `content.m\.mentions.user_ids`. */
function reader(path: string): (event: PushEvent) => JsonValue | undefined {
  const keys = splitPath(path)
  if (path === 'type') return (event) => event.type
  return (event) => {
    let value: JsonValue | undefined = event as unknown as JsonObject
    for (const key of keys) {
      if (!isJsonObject(value)) return undefined
      value = ownKey(value, key)
    }
    return value
  }
}

/** A backslash makes the dot or backslash after it part of the name; before anything else it is itself. */
export function splitPath(path: string): string[] {
  const keys: string[] = []
  let key = ''
  for (let index = 0; index < path.length; index++) {
    const unit = path[index] as string
    const next = path[index + 1]
    if (unit === '\\' && (next === '.' || next === '\\')) {
      key += next
      index++
    } else if (unit === '.') {
      keys.push(key)
      key = ''
    } else {
      key += unit
    }
  }
  keys.push(key)
  return keys
}
