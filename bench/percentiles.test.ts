import { expect, test } from 'vitest'
import { percentiles } from './percentiles.ts'

test('percentiles are nearest ranks, whatever the order', () => {
  const times = Array.from({ length: 200 }, (_, n) => 200 - n)
  expect(percentiles(times)).toEqual({ count: 200, p50: 100, p95: 190, p99: 198, max: 200 })
})

test('one time is every percentile, and none is an error', () => {
  expect(percentiles([3.14])).toEqual({ count: 1, p50: 3.1, p95: 3.1, p99: 3.1, max: 3.1 })
  expect(() => percentiles([])).toThrow('Nothing was measured')
})
