/** Which state of a room a client wants to be told: several rules, any of which may ask for an event. */

/** What is left open matches anything. */
export type StateElement = { readonly type?: string; readonly key?: string }

export type StateRule = {
  readonly include: readonly StateElement[]
  readonly exclude: readonly StateElement[]
  /** Members only as they speak: what matches every type does not match members then. */
  readonly lazy: boolean
}

export type RequiredState = readonly StateRule[]

const memberType = 'm.room.member'

export function wants(required: RequiredState, type: string, stateKey: string): boolean {
  return required.some(
    (rule) =>
      rule.include.some((element) => matches(element, type, stateKey) && !isForAll(element, rule, type)) &&
      !rule.exclude.some((element) => matches(element, type, stateKey)),
  )
}

function matches({ type: wantedType, key }: StateElement, type: string, stateKey: string): boolean {
  return (wantedType === undefined || wantedType === type) && (key === undefined || key === stateKey)
}

function isForAll({ type, key }: StateElement, rule: StateRule, of: string): boolean {
  return rule.lazy && of === memberType && type === undefined && key === undefined
}

export function isLazy(required: RequiredState): boolean {
  return required.some((rule) => rule.lazy)
}

/** Types besides members of which something may be wanted; undefined for all. */
export function typesWanted(required: RequiredState): Set<string> | undefined {
  const types = new Set<string>()
  for (const { include } of required) {
    for (const { type } of include) {
      if (type === undefined) return undefined
      if (type !== memberType) types.add(type)
    }
  }
  return types
}

/** Matrix ids of the members that are wanted, whoever speaks; 'all' for everybody. */
export function membersWanted(required: RequiredState): ReadonlySet<string> | 'all' {
  const people = new Set<string>()
  for (const rule of required) {
    for (const element of rule.include) {
      if (element.type !== undefined && element.type !== memberType) continue
      if (element.key !== undefined) people.add(element.key)
      else if (!isForAll(element, rule, memberType)) return 'all'
    }
  }
  return people
}

const together = new WeakMap<RequiredState, WeakMap<RequiredState, RequiredState>>()

/** What any of the two wants. The same two give the same object, so that thousands of rooms share one. */
export function combined(a: RequiredState, b: RequiredState): RequiredState {
  if (a === b) return a
  let withA = together.get(a)
  if (withA === undefined) {
    withA = new WeakMap()
    together.set(a, withA)
  }
  let both = withA.get(b)
  if (both === undefined) {
    both = [...a, ...b]
    withA.set(b, both)
  }
  return both
}

const texts = new WeakMap<RequiredState, string>()

/** One text for equal rules, whatever the order in which they were given. */
export function canonicalRules(required: RequiredState): string {
  let text = texts.get(required)
  if (text === undefined) {
    text = textOf(required)
    texts.set(required, text)
  }
  return text
}

function textOf(required: RequiredState): string {
  const text = ({ include, exclude, lazy }: StateRule) =>
    JSON.stringify([sortedElements(include), sortedElements(exclude), lazy])
  return `[${[...new Set(required.map(text))].sort().join(',')}]`
}

export function rulesOf(canonical: string): RequiredState {
  if (canonical === '') return []
  type Element = [string | null, string | null]
  const elements = (list: Element[]) =>
    list.map(([type, key]): StateElement => ({ ...(type !== null && { type }), ...(key !== null && { key }) }))
  const rules = JSON.parse(canonical) as [Element[], Element[], boolean][]
  return rules.map(([include, exclude, lazy]) => ({ include: elements(include), exclude: elements(exclude), lazy }))
}

function sortedElements(elements: readonly StateElement[]): unknown[] {
  const texts = elements.map(({ type, key }) => JSON.stringify([type ?? null, key ?? null]))
  return [...new Set(texts)].sort().map((text) => JSON.parse(text) as unknown)
}
