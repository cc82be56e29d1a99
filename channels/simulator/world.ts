/**
 * What is true outside: who was told what, when. Every fact is in the journal before anybody hears of it, so that a kill of
 * the simulator changes nothing; what is in memory is folded from the facts.
 */
import { type Journal, limits, type MovableClock, refuse } from '#platform/api.ts'
import type { AddressKind } from '../api.ts'
import { Schedule } from './schedule.ts'
import { type Step, stepOfWeather, type Weather } from './script.ts'

/** What a citizen's device got. */
export type Received = {
  readonly what: 'received'
  readonly kind: AddressKind
  readonly to: string
  readonly from: string
  readonly text: string
  readonly subject?: string
  /** The provider's id of the message. */
  readonly id: string
  /** Written by the provider itself, such as its answer to STOP. */
  readonly byProvider?: true
}

/** What a citizen wrote. */
export type Said = {
  readonly what: 'said'
  readonly kind: AddressKind
  readonly from: string
  readonly to: string
  readonly text: string
  readonly subject?: string
  readonly id: string
  /** The id of the message to which her script let her answer. */
  readonly answering?: string
}

/** Somebody with a telephone and a mailbox, for whoever looks on. */
export type Citizen = {
  readonly name: string
  /** At most one of each kind: a number, a mail address. */
  readonly addresses: readonly string[]
}

/** Where an agency's pages for citizens are. */
export type Pages = { readonly name: string; readonly url: string }

export type WorldFact =
  | Received
  | Said
  | ({ readonly what: 'citizen' } & Citizen)
  | ({ readonly what: 'pages' } & Pages)
  | { readonly what: 'script'; readonly address: string; readonly steps: readonly Step[] }
  | { readonly what: 'step'; readonly address: string }
  | { readonly what: 'weather'; readonly weather: Weather }
  | { readonly what: 'clock'; readonly offsetMs: number }
  /** There was a fact, about somebody who is to be forgotten. */
  | { readonly what: 'forgotten' }

/** A provider's own facts begin with its name: `twilio.accepted`. */
export type ProviderFact = { readonly what: `${string}.${string}` } & Readonly<Record<string, unknown>>

export type Fact = (WorldFact | ProviderFact) & { readonly n: number; readonly atMs: number }

export type WorldDeps = { readonly clock: MovableClock; readonly seed: number; readonly journal: Journal }

/** One line of what passed between a citizen and others. */
export type Line = (Received | Said) & { readonly n: number; readonly atMs: number }

type Script = { readonly steps: readonly Step[]; at: number }

export class World {
  readonly clock: MovableClock
  readonly seed: number
  readonly schedule: Schedule
  readonly facts: Fact[] = []
  readonly #journal: Journal
  readonly #folds: ((fact: Fact) => void)[] = []
  readonly #forgetters: ((address: string) => void)[] = []
  readonly #scripts = new Map<string, Script>()
  readonly #received = new Map<string, Fact[]>()
  /** What she got and what she wrote, by her address. */
  readonly #lines = new Map<string, Line[]>()
  readonly #citizens = new Map<string, Citizen>()
  readonly #pages = new Map<string, Pages>()
  readonly #listeners = new Set<() => void>()
  #weather: Weather = {}
  #count = 0
  #drawn = 0
  #isPast = true

  constructor({ clock, seed, journal }: WorldDeps) {
    this.clock = clock
    this.seed = seed
    this.schedule = new Schedule(clock)
    this.#journal = journal
  }

  /** Called for each fact, those of the past included. */
  onFact(fold: (fact: Fact) => void): void {
    this.#folds.push(fold)
  }

  /** Called for each address of which nothing may be known any more. */
  onForget(forget: (address: string) => void): void {
    this.#forgetters.push(forget)
  }

  /**
   * Leaves nothing of an address, in the journal neither: as when a telephone is thrown away and the provider deletes its records.
   * What is on its way to it must have come to its end before. @returns how many facts went.
   */
  async forget(address: string): Promise<number> {
    let count = 0
    for (const fact of this.facts) {
      if (!JSON.stringify(fact).includes(address)) continue
      for (const key of Object.keys(fact))
        if (key !== 'n' && key !== 'atMs') delete (fact as Record<string, unknown>)[key]
      Object.assign(fact, { what: 'forgotten' })
      count += 1
    }
    for (const known of [this.#received, this.#lines, this.#scripts]) known.delete(address)
    for (const { name, addresses } of [...this.#citizens.values()]) {
      if (addresses.includes(address)) this.#citizens.delete(name)
    }
    for (const forget of this.#forgetters) forget(address)
    await this.#journal.rewrite(() => this.facts.map((fact) => [fact]))
    return count
  }

  /** Once, after everybody who folds has come: what the journal holds. */
  remember(entries: readonly unknown[]): void {
    for (const facts of entries as Fact[][]) for (const fact of facts) this.#fold(fact)
    this.#count = this.facts.length
    this.#drawn = this.facts.length
    this.#isPast = false
  }

  /** Resolves when all of them are durable, together or not at all, and folded in the order in which they were added. */
  async add(...facts: readonly (WorldFact | ProviderFact)[]): Promise<void> {
    if (this.#count >= limits.simulatedFactsMax) {
      throw refuse('M_RESOURCE_LIMIT_EXCEEDED', 'The simulator has seen all that it can remember. Start it anew.')
    }
    const atMs = this.clock.nowMs()
    const whole = facts.map((fact) => ({ n: ++this.#count, atMs, ...fact }) as Fact)
    await this.#journal.append(whole)
    for (const fact of whole) this.#fold(fact)
    for (const listener of this.#listeners) listener()
  }

  /** Everything that an address really received, in order. */
  receivedBy(address: string): readonly Fact[] {
    return this.#received.get(address) ?? []
  }

  /** What passed between an address and others, in order. */
  linesOf(address: string): readonly Line[] {
    return this.#lines.get(address) ?? []
  }

  /** Addresses between which and others something passed. */
  talking(): Iterable<string> {
    return this.#lines.keys()
  }

  citizens(): Iterable<Citizen> {
    return this.#citizens.values()
  }

  pages(): Iterable<Pages> {
    return this.#pages.values()
  }

  addresses(): string[] {
    return [...this.#received.keys()]
  }

  /** The next step for a message to an address, which is then over. */
  async step(address: string): Promise<Step> {
    const script = this.#scripts.get(address)
    if (script === undefined) return stepOfWeather(this.#weather, this.seed, `message ${++this.#drawn}`)
    // At once, so that two messages at the same moment take two steps.
    const step = script.steps[Math.min(script.at++, script.steps.length - 1)] ?? {}
    await this.add({ what: 'step', address })
    return step
  }

  async advance(ms: number): Promise<void> {
    await this.add({ what: 'clock', offsetMs: this.clock.offsetMs + ms })
  }

  /** Resolves when there is a fact after `n`, or when the signal is aborted. */
  async factAfter(n: number, signal: AbortSignal): Promise<void> {
    while (this.facts.length <= n && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#listeners.delete(done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        this.#listeners.add(done)
        signal.addEventListener('abort', done)
      })
    }
  }

  #fold(fact: Fact): void {
    this.facts.push(fact)
    this.#foldOwn(fact as WorldFact & Fact)
    for (const fold of this.#folds) fold(fact)
  }

  #foldOwn(fact: WorldFact & Fact): void {
    switch (fact.what) {
      case 'received':
        push(this.#received, fact.to, fact)
        push(this.#lines, fact.to, fact)
        return
      case 'said':
        push(this.#lines, fact.from, fact)
        return
      case 'citizen':
        this.#citizens.set(fact.name, fact)
        return
      case 'pages':
        this.#pages.set(fact.name, fact)
        return
      case 'script':
        if (fact.steps.length === 0) this.#scripts.delete(fact.address)
        else this.#scripts.set(fact.address, { steps: fact.steps, at: 0 })
        return
      case 'step': {
        const script = this.#scripts.get(fact.address)
        if (script !== undefined && this.#isPast) script.at += 1
        return
      }
      case 'weather':
        this.#weather = fact.weather
        return
      case 'clock':
        this.clock.advance(Math.max(0, fact.offsetMs - this.clock.offsetMs))
    }
  }
}

function push<One>(lists: Map<string, One[]>, key: string, one: One): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [one])
  else known.push(one)
}
