/**
 * The push rules of people, compiled once a person and kept until she changes them. Most people have the default rules, for
 * whom an event is judged once for all (`events/notice.ts`); only the others are asked one by one.
 */
import {
  type CompiledPushRules,
  compilePushRules,
  defaultPushRules,
  evaluate,
  isJsonObject,
  type JsonObject,
  type PushCondition,
  type PushContext,
  type PushDecision,
  type PushEvent,
  type PushRule,
  type PushRuleKind,
  type PushRuleset,
  pushRuleKinds,
  threadCondition,
} from '#matrix/api.ts'
import { rulesFromStored } from './rule-editing.ts'

/**
 * What a person's rules come to in one room:
 * `default`: the default rules; `mentions`: only what highlights by the default rules; `silent`: nothing at all;
 * `own`: each event has to be put to them.
 */
export type RulesClass = 'default' | 'mentions' | 'silent' | 'own'

const silence: PushDecision = { notify: false, highlight: false, actions: [] }
const masterRuleId = '.m.rule.master'
const nobody: ReadonlySet<string> = new Set()

type Person = { readonly userId: number; readonly matrixId: string }

export class RulesInForce {
  readonly person: Person
  /** Whether nothing sets her apart from others, in any room. */
  readonly isDefault: boolean
  /** Undefined: she never set any. The default rules are made when they are asked for. */
  readonly #own: PushRuleset | undefined
  /** Matrix ids of others, of whose words she does not want to know. */
  readonly ignored: ReadonlySet<string>
  readonly #threads: ReadonlySet<string> | undefined
  #compiled: CompiledPushRules | undefined
  #steps: Step[] | undefined
  /** By room; of rooms that no rule is about, once for all. */
  #classes: Map<string, RulesClass> | undefined

  /** `threads` are the roots of those that she subscribed to; needed where `asksForThreads`. */
  constructor(person: Person, stored?: JsonObject, ignoredList?: JsonObject, threads?: ReadonlySet<string>) {
    this.person = person
    this.#threads = threads
    this.#own = stored === undefined ? undefined : rulesFromStored(stored, person.matrixId)
    const listed = isJsonObject(ignoredList?.ignored_users) ? Object.keys(ignoredList.ignored_users) : []
    const others = listed.filter((matrixId) => matrixId !== person.matrixId)
    this.ignored = others.length === 0 ? nobody : new Set(others)
    this.isDefault = (this.#own === undefined || isLikeDefault(this.#own, person)) && others.length === 0
  }

  get #rules(): PushRuleset {
    return this.#own ?? defaultPushRules(this.person.matrixId)
  }

  /** Whether a rule looks for the person's name in what is said. */
  get asksForNames(): boolean {
    if (this.isDefault) return false
    const { override, underride } = this.#rules
    return [...override, ...underride].some((rule) =>
      rule.conditions?.some((one) => one.kind === 'contains_display_name'),
    )
  }

  /** Whether what she subscribed to makes a difference. */
  get asksForThreads(): boolean {
    if (this.isDefault) return false
    const { override, postcontent, underride } = this.#rules
    return [...override, ...postcontent, ...underride].some(
      (rule) => rule.enabled && rule.conditions?.some((one) => one.kind === threadCondition),
    )
  }

  /** What they say of an event, which is never the person's own. */
  decide(event: PushEvent, context: PushContext): PushDecision {
    if (event.sender === this.person.matrixId || this.ignored.has(event.sender)) return silence
    this.#compiled ??= compilePushRules(this.#rules, this.#threads)
    return evaluate(this.#compiled, event, context)
  }

  inRoom(roomMatrixId: string): RulesClass {
    if (this.isDefault) return 'default'
    this.#steps ??= stepsOf(this.#rules)
    // Where no rule is about the room it is like every other such room.
    const place = this.#steps.some((step) => step.isOfOneRoom && step.isOf(roomMatrixId)) ? roomMatrixId : elsewhere
    this.#classes ??= new Map()
    const known = this.#classes.get(place)
    if (known !== undefined) return known
    const found = this.#classIn(this.#steps, place)
    this.#classes.set(place, found)
    return found
  }

  #classIn(steps: readonly Step[], roomMatrixId: string): RulesClass {
    const here = stepsIn(steps, roomMatrixId)
    if (here[0] === silentCatchAll) return 'silent'
    if (this.ignored.size > 0) return 'own'
    const usual = stepsIn(stepsOf(defaultPushRules(this.person.matrixId)), roomMatrixId)
    if (here.join() === usual.join()) return 'default'
    const overrides = usual.filter((step) => step.startsWith('override'))
    return here.join() === [...overrides, silentCatchAll].join() ? 'mentions' : 'own'
  }
}

function isLikeDefault(rules: PushRuleset, { matrixId }: Person): boolean {
  const all = (steps: readonly Step[]) => steps.map((step) => step.text).join()
  return all(stepsOf(rules)) === all(stepsOf(defaultPushRules(matrixId)))
}

/** One rule, as far as it matters to counts. */
type Step = {
  readonly text: string
  readonly isOfOneRoom: boolean
  /** Whether it can match in a room at all. */
  readonly isOf: (roomMatrixId: string) => boolean
  /** Whether it matches whatever happens there. */
  readonly isCatchAll: boolean
  readonly effect: string
}

const silentCatchAll = 'everything quiet'
/** Stands for every room that no rule is about. No room id looks like it. */
const elsewhere = ''

function stepsOf(rules: PushRuleset): Step[] {
  const steps: Step[] = []
  for (const kind of pushRuleKinds) {
    for (const rule of rules[kind]) {
      if (!rule.enabled) continue
      const step = stepOf(kind, rule)
      if (rule.rule_id === masterRuleId) steps.unshift(step)
      else steps.push(step)
    }
  }
  return steps
}

function stepOf(kind: PushRuleKind, rule: PushRule): Step {
  const effect = effectOf(rule)
  const anywhere = { isOfOneRoom: false, isOf: () => true, isCatchAll: false, effect }
  const { rule_id: id } = rule
  if (kind === 'room') {
    return { text: `room ${id} ${effect}`, isOfOneRoom: true, isOf: (room) => room === id, isCatchAll: true, effect }
  }
  if (kind === 'sender') return { ...anywhere, text: `sender ${id} ${effect}` }
  if (kind === 'content') return { ...anywhere, text: `content ${rule.pattern} ${effect}` }
  const conditions = rule.conditions ?? []
  const room = conditions.find(isOfOneRoom)?.pattern?.toLowerCase()
  const isCatchAll = conditions.every((one) => isOfOneRoom(one) && one.pattern?.toLowerCase() === room)
  const text = `${kind} ${JSON.stringify(conditions)} ${effect}`
  const isOf = (there: string) => room === undefined || there.toLowerCase() === room
  return { text, isOfOneRoom: room !== undefined, isOf, isCatchAll, effect }
}

function isOfOneRoom({ kind, key, pattern }: PushCondition): boolean {
  return kind === 'event_match' && key === 'room_id' && typeof pattern === 'string' && !/[*?]/.test(pattern)
}

function effectOf(rule: PushRule): string {
  if (!rule.actions.includes('notify')) return 'quiet'
  const highlights = rule.actions.findLast((one) => typeof one === 'object' && one.set_tweak === 'highlight')
  return typeof highlights === 'object' && highlights.value !== false ? 'highlight' : 'notify'
}

/** The rules that can match in a room, up to the first that always does. */
function stepsIn(steps: readonly Step[], roomMatrixId: string): string[] {
  const here: string[] = []
  for (const step of steps) {
    if (!step.isOf(roomMatrixId)) continue
    if (step.isCatchAll) return [...here, `everything ${step.effect}`]
    here.push(step.text)
  }
  return here
}
