import fc from 'fast-check'
import { expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { lookUpAgainMs, retryAfterMs } from './retry.ts'

it('waits longer each time, to a bound, and never less than the provider asks for', () => {
  expect([1, 2, 3, 30, 3_000].map((refusals) => retryAfterMs(refusals, undefined, 0))).toEqual([
    1_000, 2_000, 4_000, 3_600_000, 3_600_000,
  ])
  const chance = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.nat(), fc.option(fc.nat(10_000_000), { nil: undefined }), chance, (refusals, asked, at) => {
      const pause = retryAfterMs(refusals, asked, at)
      expect(pause).toBeGreaterThanOrEqual(Math.max(limits.sendRetryMsMin, asked ?? 0))
      expect(pause).toBeLessThanOrEqual(Math.max(limits.sendRetryMsMax, asked ?? 0) * 1.25 + 1)
    }),
  )
})

it('asks a provider more and more seldom', () => {
  expect([0, 1, 2, 20, 2_000].map(lookUpAgainMs)).toEqual([30_000, 60_000, 120_000, 3_600_000, 3_600_000])
})
