import { limits } from '#platform/api.ts'

/**
 * How long to wait before a further attempt at the same provider, after so many that it refused for the moment. Never
 * sooner than the provider asked for. The spread (a quarter, by `chance` from 0 to 1) keeps many that failed together
 * from coming back together.
 */
export function retryAfterMs(refusals: number, askedMs: number | undefined, chance: number): number {
  const doubled = limits.sendRetryMsMin * 2 ** Math.min(Math.max(refusals - 1, 0), 30)
  const pause = Math.max(Math.min(doubled, limits.sendRetryMsMax), askedMs ?? 0)
  return Math.round(pause * (1 + chance / 4))
}

/** How long after the look-ups before to ask a provider again what became of an attempt. */
export function lookUpAgainMs(lookUps: number): number {
  return Math.min(limits.lookUpAfterMs * 2 ** Math.min(lookUps, 30), limits.lookUpAgainMsMax)
}
