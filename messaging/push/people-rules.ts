import { type Db, limits, Recent } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { Ignores } from '../events/visibility.ts'
import { subscribedThreads } from '../store/thread-subscriptions.ts'
import type { TailEntry, TailListener } from '../sync/tail.ts'
import { RulesInForce } from './rules-in-force.ts'

type Person = { readonly userId: number; readonly matrixId: string }

const types = ['m.push_rules', 'm.ignored_user_list'] as const

/** The rules in force of people who were lately asked for. */
export class PeopleRules implements TailListener, Ignores {
  readonly #accountData: Pick<AccountData, 'ofPeople'>
  readonly #db: Db
  readonly #kept = new Recent<number, RulesInForce>(limits.peopleInMemoryMax)
  /** Grows whenever somebody changed her rules: what was read meanwhile may be outdated, and is not kept. */
  #changes = 0

  constructor(deps: { db: Db; accountData: Pick<AccountData, 'ofPeople'> }) {
    this.#accountData = deps.accountData
    this.#db = deps.db
  }

  async of(person: Person): Promise<RulesInForce> {
    const known = this.#kept.get(person.userId)
    if (known !== undefined) return known
    return (await this.ofAll([person])).get(person.userId) ?? new RulesInForce(person)
  }

  async ignoredBy(person: Person): Promise<ReadonlySet<string>> {
    return (await this.of(person)).ignored
  }

  /** By person. */
  async ofAll(people: readonly Person[]): Promise<Map<number, RulesInForce>> {
    const found = new Map<number, RulesInForce>()
    const missing: Person[] = []
    for (const person of people) {
      const known = this.#kept.get(person.userId)
      if (known === undefined) missing.push(person)
      else found.set(person.userId, known)
    }
    if (missing.length === 0) return found
    const changes = this.#changes
    const ids = missing.map((person) => person.userId)
    const stored = await this.#accountData.ofPeople(ids, types)
    const rulesOf = (person: Person, threads?: ReadonlySet<string>) => {
      const own = stored.get(person.userId)
      return new RulesInForce(person, own?.get('m.push_rules'), own?.get('m.ignored_user_list'), threads)
    }
    for (const person of missing) found.set(person.userId, rulesOf(person))
    const subscribers = missing.filter((person) => found.get(person.userId)?.asksForThreads)
    if (subscribers.length > 0) {
      const threads = await subscribedThreads(
        this.#db,
        subscribers.map((person) => person.userId),
      )
      for (const person of subscribers) found.set(person.userId, rulesOf(person, threads.get(person.userId)))
    }
    if (changes !== this.#changes) return found
    for (const { userId } of missing) this.#kept.set(userId, found.get(userId) as RulesInForce)
    return found
  }

  onEntries(entries: readonly TailEntry[]): void {
    for (const entry of entries) {
      if (!(changesRules(entry) || entry.kind === 'threadSubscription') || entry.userId === null) continue
      this.#changes += 1
      this.#kept.delete(entry.userId)
    }
  }
}

/** Whether an entry of the log changes what notifies a person. */
export function changesRules(entry: TailEntry): boolean {
  return entry.kind === 'accountData' && saysWhatNotifies({ roomId: entry.roomId, type: entry.datum.type })
}

export function saysWhoIsIgnored({ roomId, type }: { readonly roomId: number | null; readonly type: string }): boolean {
  return roomId === null && type === 'm.ignored_user_list'
}

/** Whether it is by this datum that a person is notified or not. */
export function saysWhatNotifies({ roomId, type }: { readonly roomId: number | null; readonly type: string }): boolean {
  return roomId === null && (types as readonly string[]).includes(type)
}
