/** Something that changes and can be watched. Listeners are told after each change, never about an equal value. */
export interface Observable<T> {
  get(): T
  subscribe(listener: () => void): () => void
}

export class Value<T> implements Observable<T> {
  private current: T
  private readonly listeners = new Set<() => void>()

  constructor(initial: T) {
    this.current = initial
  }

  readonly get = (): T => this.current

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  set(next: T): void {
    if (Object.is(next, this.current)) return
    this.current = next
    for (const listener of [...this.listeners]) listener()
  }

  update(change: (current: T) => T): void {
    this.set(change(this.current))
  }
}

/**
 * Keeps the identity of data that did not change, so that a view can skip what is alike by comparing references.
 * `keyOf` names an item across versions.
 */
export class Keeper<T> {
  private kept = new Map<string, { text: string; item: T }>()
  private readonly keyOf: (item: T) => string

  constructor(keyOf: (item: T) => string) {
    this.keyOf = keyOf
  }

  keep(items: readonly T[]): T[] {
    const next = new Map<string, { text: string; item: T }>()
    const result = items.map((item) => {
      const key = this.keyOf(item)
      const text = JSON.stringify(item)
      const before = this.kept.get(key)
      const entry = before?.text === text ? before : { text, item }
      next.set(key, entry)
      return entry.item
    })
    this.kept = next
    return result
  }
}

/** The list before, if the new one holds the same items in the same order. */
export function sameList<T>(before: readonly T[], next: readonly T[]): readonly T[] {
  return before.length === next.length && before.every((item, index) => item === next[index]) ? before : next
}

/** The object before, if every field of the new one is identical. */
export function sameFields<T extends object>(before: T, next: T): T {
  const names = Object.keys(next) as (keyof T)[]
  return names.every((name) => Object.is(before[name], next[name])) ? before : next
}

/** Runs `work` once after the current turn, however often it is asked for. */
export function coalesce(work: () => void): () => void {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    queueMicrotask(() => {
      asked = false
      work()
    })
  }
}
