import type { Clock } from '#platform/api.ts'

type Sleeper = { readonly atMs: number; readonly wake: () => void }

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs: number
  #sleepers: Sleeper[] = []

  constructor(nowMs = Date.UTC(2026, 4, 4, 13, 0)) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const sleeper = { atMs: this.#nowMs + ms, wake: resolve }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper)
        reject(signal.reason)
      })
    })
  }

  /** Moves on; whoever slept until then wakes, in order. */
  async advance(ms: number): Promise<void> {
    this.#nowMs += ms
    const due = this.#sleepers.filter((one) => one.atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs)
    this.#sleepers = this.#sleepers.filter((one) => one.atMs > this.#nowMs)
    for (const sleeper of due) {
      sleeper.wake()
      await Promise.resolve()
    }
  }
}
