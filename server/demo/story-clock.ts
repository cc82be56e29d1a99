import type { Clock } from '#platform/api.ts'

/** A clock that the demo sets to the moment that it tells of, so that all that it makes carries believable dates. */
export class StoryClock implements Clock {
  readonly #real: Clock
  #nowMs: number

  constructor(real: Clock) {
    this.#real = real
    this.#nowMs = real.nowMs()
  }

  nowMs(): number {
    return this.#nowMs
  }

  /** The story goes on to this moment. It never goes back: the order of writing is the order of time. */
  moveTo(ms: number): void {
    this.#nowMs = Math.max(this.#nowMs, ms)
  }

  /** Where the story begins. */
  beginAt(ms: number): void {
    this.#nowMs = ms
  }

  /** Waiting is real: what waits for other programs must not hang on the story. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#real.sleep(ms, signal)
  }
}
