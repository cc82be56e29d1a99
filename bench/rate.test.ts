import { expect, test } from 'vitest'
import { Rate } from './rate.ts'

test('rounds count by their length, and every time counts once', () => {
  const rate = new Rate()
  rate.add([1, 2, 3], 1_000)
  rate.add([10], 3_000)
  expect(rate.result()).toEqual({ perSecond: 1, count: 4, p50: 2, p95: 10, p99: 10, max: 10 })
})
