import type { Clock } from '../clock.ts'
import { refuse } from '../errors/refusal.ts'
import { limits, type RateChanges, type RateName, rates } from '../limits.ts'

/** A bucket as the moment at which it would be full again: one number says everything about it. */
type Buckets = Map<string, number>

export interface RateLimits {
  /**
   * Counts one act of a caller, who is a person's number or an address. Throws M_LIMIT_EXCEEDED with `retry_after_ms`
   * when the bucket is empty; a refused act takes nothing from it.
   */
  take(rate: RateName, caller: string | number): void
}

/** Token buckets, kept as "full again at" (the generic cell rate algorithm), in memory bounded by `bucketsMax`. */
export function createRateLimits(
  clock: Clock,
  { bucketsMax = limits.rateLimitBucketsMax, changes = {} }: { bucketsMax?: number; changes?: RateChanges } = {},
): RateLimits {
  const buckets: Buckets = new Map()

  return {
    take(rate, caller) {
      const { burst, perSecond } = changes[rate] ?? rates[rate]
      const key = `${rate} ${caller}`
      const nowMs = clock.nowMs()
      const tokenMs = 1000 / perSecond
      const fullAtMs = Math.max(buckets.get(key) ?? 0, nowMs) + tokenMs
      const waitMs = fullAtMs - nowMs - burst * tokenMs
      if (waitMs > 0.001) {
        const retryAfterMs = Math.ceil(waitMs)
        throw refuse('M_LIMIT_EXCEEDED', `That was too much at once. Try again in ${seconds(retryAfterMs)}.`, {
          fields: { retry_after_ms: retryAfterMs },
        })
      }
      // Put last, so that the oldest entries come first when room must be made.
      buckets.delete(key)
      buckets.set(key, fullAtMs)
      if (buckets.size > bucketsMax) forgetSome(buckets, nowMs, bucketsMax)
    },
  }
}

function seconds(ms: number): string {
  const count = Math.ceil(ms / 1000)
  return count === 1 ? 'a second' : `${count} seconds`
}

/** Full buckets say nothing and go first; when that is not enough, the longest unused go. */
function forgetSome(buckets: Buckets, nowMs: number, bucketsMax: number): void {
  for (const [key, fullAtMs] of buckets) if (fullAtMs <= nowMs) buckets.delete(key)
  const keep = Math.floor(bucketsMax * 0.9)
  for (const key of buckets.keys()) {
    if (buckets.size <= keep) break
    buckets.delete(key)
  }
}
