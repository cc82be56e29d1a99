import { expect, test } from 'vitest'
import { stopLawsWith, stopMeansEverything } from './stop-law.ts'

const in2027 = Date.UTC(2027, 1, 1)

test('a law counts from its day on, in its country', () => {
  const laws = stopLawsWith()
  expect(stopMeansEverything(laws, 'US', Date.UTC(2027, 0, 30))).toBe(false)
  expect(stopMeansEverything(laws, 'us', in2027)).toBe(true)
  expect(stopMeansEverything(laws, 'HU', in2027)).toBe(false)
})

test('what an operator says of a country counts instead of what is known of it', () => {
  const putOff = stopLawsWith([{ country: 'US', fromMs: Number.POSITIVE_INFINITY }])
  expect(stopMeansEverything(putOff, 'US', in2027)).toBe(false)
  const another = stopLawsWith([{ country: 'HU', fromMs: Date.UTC(2026, 0, 1) }])
  expect(['US', 'HU', 'DE'].map((country) => stopMeansEverything(another, country, in2027))).toEqual([
    true,
    true,
    false,
  ])
})
