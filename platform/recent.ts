/**
 * A map of bounded size: when it grows too heavy, what was set or got longest ago leaves first. What was set last always
 * stays, however heavy it is.
 */
export class Recent<K, V> implements Iterable<[K, V]> {
  readonly #max: number
  readonly #weigh: ((value: V) => number) | undefined
  readonly #onDropped: ((key: K, value: V) => void) | undefined
  /** In a Map's order, oldest first. The weight is kept as it was taken in: values may grow while they are here. */
  readonly #entries = new Map<K, { readonly value: V; readonly weight: number }>()
  #weight = 0

  /**
   * `max` bounds the sum of weights; without `weigh` each entry weighs 1. `onDropped` hears of entries that left for
   * want of room, and of no others.
   */
  constructor(max: number, more: { weigh?: (value: V) => number; onDropped?: (key: K, value: V) => void } = {}) {
    this.#max = max
    this.#weigh = more.weigh
    this.#onDropped = more.onDropped
  }

  get size(): number {
    return this.#entries.size
  }

  has(key: K): boolean {
    return this.#entries.has(key)
  }

  /** The value, which counts as used now. */
  get(key: K): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** The value, which stays as old as it was. */
  peek(key: K): V | undefined {
    return this.#entries.get(key)?.value
  }

  /** Sets and weighs anew. */
  set(key: K, value: V): void {
    this.delete(key)
    const weight = this.#weigh?.(value) ?? 1
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#max || oldest === key) return
      this.delete(oldest)
      this.#onDropped?.(oldest, entry.value)
    }
  }

  clear(): void {
    this.#entries.clear()
    this.#weight = 0
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#weight -= entry.weight
    return this.#entries.delete(key)
  }

  /** Oldest first. */
  *[Symbol.iterator](): IterableIterator<[K, V]> {
    for (const [key, { value }] of this.#entries) yield [key, value]
  }
}
