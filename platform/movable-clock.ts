import type { Clock } from './clock.ts'

/** A clock that goes as fast as the real one and can be moved forwards. */
export interface MovableClock extends Clock {
  /** How far ahead of the real one it is. */
  readonly offsetMs: number
  /** Whoever sleeps until then wakes. */
  advance(ms: number): void
}

export function createMovableClock(real: Clock, offsetMs = 0): MovableClock {
  let ahead = offsetMs
  let moved = new AbortController()
  const clock: MovableClock = {
    get offsetMs() {
      return ahead
    },
    nowMs: () => real.nowMs() + ahead,
    async sleep(ms, signal) {
      const untilMs = clock.nowMs() + ms
      for (;;) {
        signal?.throwIfAborted()
        const restMs = untilMs - clock.nowMs()
        if (restMs <= 0) return
        const either = signal === undefined ? moved.signal : AbortSignal.any([signal, moved.signal])
        try {
          return await real.sleep(restMs, either)
        } catch (error) {
          if (signal?.aborted === true) throw error
        }
      }
    },
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError('A clock moves forwards.')
      ahead += ms
      const before = moved
      moved = new AbortController()
      before.abort()
    },
  }
  return clock
}
