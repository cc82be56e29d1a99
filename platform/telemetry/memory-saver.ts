import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'

const lookMs = 1_000
/** The part of a second in which the event loop worked. */
const quietBelow = 0.1
const quietLooks = 5

/**
 * Has V8 give memory back while there is little to do. After a busy hour its heap keeps what it needed at the worst moment: its own
 * memory reducer waits for a calm that a server never has, whose timers and polls go on. In its memory saver mode it collects and
 * compacts in small steps all the same. That costs speed, so whoever has work to do is without it at once.
 */
export function saveMemoryWhenQuiet(): void {
  const quiet = new Quiet()
  let last = performance.eventLoopUtilization()
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    const change = quiet.look(performance.eventLoopUtilization(now, last).utilization)
    last = now
    if (change !== undefined) setFlagsFromString(change === 'quiet' ? '--memory-saver-mode' : '--no-memory-saver-mode')
  }, lookMs).unref()
}

/** Quiet is what has been quiet for a while; busy is whatever is busy now. */
export class Quiet {
  #looks = 0

  /** @returns what it is from now on, where that is something else than before. */
  look(utilization: number): 'quiet' | 'busy' | undefined {
    const wasQuiet = this.#looks >= quietLooks
    this.#looks = utilization < quietBelow ? this.#looks + 1 : 0
    const isQuiet = this.#looks >= quietLooks
    if (isQuiet === wasQuiet) return undefined
    return isQuiet ? 'quiet' : 'busy'
  }
}
