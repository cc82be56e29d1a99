import type { DataKey } from './cipher.ts'

type Load = { readonly id: number; readonly answer: PromiseWithResolvers<DataKey>; isCacheable: boolean }

/**
 * Unwrapped data keys, the least recently used given up first. Whoever asks for a key that is on its way joins, and all
 * keys that are asked for in one turn of the event loop come in one query.
 */
export class KeyCache {
  readonly #fetch: (ids: readonly number[]) => Promise<Map<number, DataKey | Error>>
  readonly #entriesMax: number
  readonly #entries = new Map<number, DataKey>()
  readonly #loads = new Map<number, Load>()
  /** Destroyed in a transaction that nobody has heard the end of: asked of the database each time. */
  readonly #doubtful = new Set<number>()
  #wanted: Load[] = []

  constructor(fetch: (ids: readonly number[]) => Promise<Map<number, DataKey | Error>>, entriesMax: number) {
    this.#fetch = fetch
    this.#entriesMax = entriesMax
  }

  /** From memory alone. */
  peek(id: number): DataKey | undefined {
    return this.#entries.get(id)
  }

  async get(id: number): Promise<DataKey> {
    const known = this.#entries.get(id)
    if (known !== undefined) {
      this.#entries.delete(id)
      this.#entries.set(id, known)
      return known
    }
    const underWay = this.#loads.get(id)
    if (underWay !== undefined) return underWay.answer.promise
    const load = { id, answer: Promise.withResolvers<DataKey>(), isCacheable: !this.#doubtful.has(id) }
    this.#loads.set(id, load)
    this.#wanted.push(load)
    if (this.#wanted.length === 1) setImmediate(() => this.#fetchWanted())
    return load.answer.promise
  }

  /** Forgets a key that a transaction is destroying, until `destroyed` tells that it is committed. */
  doubt(id: number): void {
    this.#doubtful.add(id)
    this.#forget(id)
  }

  destroyed(id: number): void {
    this.#forget(id)
    this.#doubtful.delete(id)
  }

  /** Notices may have been missed, so that any key may have been destroyed. */
  forgetAll(): void {
    this.#entries.clear()
    for (const load of this.#loads.values()) load.isCacheable = false
  }

  #forget(id: number): void {
    this.#entries.delete(id)
    const load = this.#loads.get(id)
    // Whoever asked before the destruction may be answered; whoever asks from now on asks anew.
    if (load !== undefined) {
      load.isCacheable = false
      this.#loads.delete(id)
    }
  }

  async #fetchWanted(): Promise<void> {
    const loads = this.#wanted
    this.#wanted = []
    let found: Map<number, DataKey | Error> | undefined
    let failure: unknown
    try {
      found = await this.#fetch([...new Set(loads.map((load) => load.id))])
    } catch (error) {
      failure = error
    }
    for (const load of loads) {
      const { id } = load
      if (this.#loads.get(id) === load) this.#loads.delete(id)
      const result = found?.get(id)
      if (result === undefined || result instanceof Error) load.answer.reject(result ?? failure)
      else {
        if (load.isCacheable) this.#keep(id, result)
        load.answer.resolve(result)
      }
    }
  }

  #keep(id: number, key: DataKey): void {
    this.#entries.set(id, key)
    if (this.#entries.size > this.#entriesMax) {
      const oldest = this.#entries.keys().next().value!
      this.#entries.delete(oldest)
    }
  }
}
