import type { Clock } from '#platform/api.ts'

type Task = { readonly atMs: number; readonly order: number; readonly run: () => void }

/** What is to happen later, in order of time; what falls on one moment happens in the order in which it was added. */
export class Schedule {
  readonly #clock: Clock
  /** A binary heap, the earliest first. */
  readonly #heap: Task[] = []
  #order = 0
  #nudge: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get waiting(): number {
    return this.#heap.length
  }

  at(atMs: number, run: () => void): void {
    const task = { atMs, order: this.#order++, run }
    this.#heap.push(task)
    this.#rise(this.#heap.length - 1)
    if (this.#heap[0] === task) this.#nudge?.()
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const over = new AbortController()
      this.#nudge = () => over.abort()
      const first = this.#heap[0]
      const waitMs = first === undefined ? 60_000 : first.atMs - this.#clock.nowMs()
      if (waitMs > 0) await this.#clock.sleep(waitMs, AbortSignal.any([signal, over.signal])).catch(() => undefined)
      else this.#take().run()
    }
  }

  #take(): Task {
    const first = this.#heap[0]!
    const last = this.#heap.pop()!
    if (this.#heap.length > 0) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return first
  }

  #rise(from: number): void {
    let at = from
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isBefore(this.#heap[parent]!, this.#heap[at]!)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(from: number): void {
    let at = from
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let least = at
      for (const child of [left, right]) {
        if (child < this.#heap.length && isBefore(this.#heap[child]!, this.#heap[least]!)) least = child
      }
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }

  #swap(one: number, other: number): void {
    const kept = this.#heap[one]!
    this.#heap[one] = this.#heap[other]!
    this.#heap[other] = kept
  }
}

function isBefore(one: Task, other: Task): boolean {
  return one.atMs === other.atMs ? one.order < other.order : one.atMs < other.atMs
}
