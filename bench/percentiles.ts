/** Times in milliseconds, rounded to a tenth. */
export type Percentiles = {
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** The nearest rank: the smallest time that at least so many per cent of all do not exceed. */
export function percentiles(timesMs: readonly number[]): Percentiles {
  if (timesMs.length === 0) throw new Error('Nothing was measured, so there are no percentiles.')
  const sorted = Float64Array.from(timesMs).sort()
  const at = (share: number) => round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] as number)
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
