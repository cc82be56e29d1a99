import { setTimeout as sleepFor } from 'node:timers/promises'

/** Time as an argument. */
export interface Clock {
  /** Milliseconds since 1970 (Unix time). */
  nowMs(): number
  /** Resolves after `ms`; rejects with the signal's AbortError when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, signal === undefined ? undefined : { signal }),
}
