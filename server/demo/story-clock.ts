import type { Clock } from '#platform/api.ts'

/**
 * A clock that the demo sets to the moment that it tells of, so that all that it makes carries believable dates. From there it
 * goes on as the world's does, and never past it: what waits for a moment that is near comes to its end.
 */
export class StoryClock implements Clock {
  readonly #real: Clock
  #toldMs: number
  /** When it was told, by the world's clock. */
  #sinceMs: number

  constructor(real: Clock) {
    this.#real = real
    this.#toldMs = this.#sinceMs = real.nowMs()
  }

  nowMs(): number {
    const realMs = this.#real.nowMs()
    return Math.min(this.#toldMs + Math.max(0, realMs - this.#sinceMs), realMs)
  }

  /** The story goes on to this moment. It never goes back: the order of writing is the order of time. */
  moveTo(ms: number): void {
    this.beginAt(Math.max(this.nowMs(), ms))
  }

  /** Where the story begins. */
  beginAt(ms: number): void {
    this.#toldMs = ms
    this.#sinceMs = this.#real.nowMs()
  }

  /** Waiting is real: what waits for other programs must not hang on the story. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#real.sleep(ms, signal)
  }
}
