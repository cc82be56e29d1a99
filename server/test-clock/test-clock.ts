import type { Clock, MovableClock, TestClockFile } from '#platform/api.ts'
import { createMovableClock } from '#platform/index.ts'

/** The clock of a data directory that was born for tests. Where it was moved to outlives a restart. */
export interface TestClock {
  readonly clock: Clock
  /** Milliseconds ahead of the world. */
  readonly aheadMs: number
  /** @returns the new time, milliseconds since 1970. */
  advance(ms: number): Promise<number>
}

export function createTestClock(real: Clock, file: TestClockFile): TestClock {
  const clock: MovableClock = createMovableClock(real, file.aheadMs)
  let moving: Promise<unknown> = Promise.resolve()
  return {
    clock,
    get aheadMs() {
      return clock.offsetMs
    },
    advance(ms) {
      const moved = moving.then(async () => {
        // On the disk first: a time that was told never comes again after a kill.
        await file.save(clock.offsetMs + ms)
        clock.advance(ms)
        return clock.nowMs()
      })
      moving = moved.catch(() => undefined)
      return moved
    },
  }
}
