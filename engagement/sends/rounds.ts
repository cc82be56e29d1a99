import type { Clock, Logger } from '#platform/api.ts'

type Deps = { readonly clock: Clock; readonly logger: Logger }

const afterFailureMs = 500

/** Work that is looked for again and again: when somebody wakes it, and now and then. */
export class Rounds {
  readonly #deps: Deps
  readonly #name: string
  readonly #work: () => Promise<boolean>
  readonly #everyMs: number
  #isAwake = true
  #nudge = new AbortController()

  /** `work` does what is due and tells whether there may be more at once. */
  constructor(deps: Deps, name: string, everyMs: number, work: () => Promise<boolean>) {
    this.#deps = deps
    this.#name = name
    this.#everyMs = everyMs
    this.#work = work
  }

  wake(): void {
    this.#isAwake = true
    this.#nudge.abort()
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isAwake = false
      this.#nudge = new AbortController()
      const hasMore = await this.#round()
      if (hasMore || this.#isAwake) continue
      await this.#rest(this.#everyMs, AbortSignal.any([signal, this.#nudge.signal]))
    }
  }

  async #round(): Promise<boolean> {
    try {
      return await this.#work()
    } catch (error) {
      this.#deps.logger.warn('sends.round_failed', { kind: this.#name, error })
      await this.#rest(afterFailureMs, this.#nudge.signal)
      return false
    }
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    await this.#deps.clock.sleep(ms, signal).catch(() => undefined)
  }
}
