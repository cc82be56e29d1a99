import type { Clock, Db, Postgres } from '#platform/api.ts'

const channel = 'media_arrived'

/** Who waits for a file whose address is known before it comes, on this node or on another. */
export class Arrivals {
  readonly #deps: { postgres: Pick<Postgres, 'listen'>; clock: Clock }
  readonly #waiting = new Map<string, Set<() => void>>()
  #listening: Promise<unknown> | undefined

  constructor(deps: { postgres: Pick<Postgres, 'listen'>; clock: Clock }) {
    this.#deps = deps
  }

  /** In the transaction that stores the file: told with its commit. */
  async tell(db: Db, id: string): Promise<void> {
    await db.run('select pg_notify($1, $2)', [channel, id])
  }

  /**
   * Resolves when `find` finds something: now, when the arrival is told, or at the latest moment, in case it was told to
   * a connection that had just broken. Undefined when the time or the signal ends it.
   */
  async wait<T>(
    id: string,
    find: () => Promise<T | undefined>,
    { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
  ): Promise<T | undefined> {
    // Heard from before the first look on, so that nothing falls between.
    await this.#listen()
    const over = new AbortController()
    const ends = AbortSignal.any([signal, over.signal])
    const late = this.#deps.clock.sleep(timeoutMs, ends).catch(() => undefined)
    try {
      for (let isLate = timeoutMs <= 0; ; ) {
        const arrived = this.#arrival(id)
        try {
          const found = await find()
          if (found !== undefined || isLate || signal.aborted) return found
          isLate = await Promise.race([arrived.promise.then(() => false), late.then(() => true)])
        } finally {
          arrived.forget()
        }
      }
    } finally {
      over.abort()
    }
  }

  /** One connection hears for everybody who waits; if it could not be had, the next who waits tries again. */
  #listen(): Promise<unknown> {
    this.#listening ??= this.#deps.postgres
      .listen(channel, (told) => this.#wake(told))
      .catch((error: unknown) => {
        this.#listening = undefined
        throw error
      })
    return this.#listening
  }

  #arrival(id: string): { promise: Promise<void>; forget: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>()
    const those = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, those.add(resolve))
    const forget = () => {
      those.delete(resolve)
      if (those.size === 0) this.#waiting.delete(id)
    }
    return { promise, forget }
  }

  /** An empty word means that some may have been missed. */
  #wake(told: string): void {
    const those = told === '' ? [...this.#waiting.values()] : [this.#waiting.get(told) ?? []]
    for (const wakes of those) for (const wake of wakes) wake()
  }
}
