import { type Percentiles, percentiles } from './percentiles.ts'

export type RateResult = Percentiles & { readonly perSecond: number }

/** Gathers what was measured of one thing in several rounds. */
export class Rate {
  readonly #timesMs: number[] = []
  #tookMs = 0

  /** `timesMs`: how long each single act took; `tookMs`: all of them together, several at once. */
  add(timesMs: readonly number[], tookMs: number): void {
    for (const time of timesMs) this.#timesMs.push(time)
    this.#tookMs += tookMs
  }

  result(): RateResult {
    const perSecond = Math.round((this.#timesMs.length / this.#tookMs) * 1_000)
    return { perSecond, ...percentiles(this.#timesMs) }
  }
}
