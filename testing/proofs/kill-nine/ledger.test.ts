import { expect, test } from 'vitest'
import { isAllowed, Ledger } from './ledger.ts'

test('a repeat with another event id is a contradiction', () => {
  const ledger = new Ledger()
  ledger.acknowledge('t1', '$a', '!r', 0)
  ledger.acknowledge('t1', '$a', '!r', 0)
  expect([ledger.repeats, ledger.contradictions]).toEqual([1, []])
  ledger.acknowledge('t1', '$b', '!r', 0)
  expect(ledger.contradictions).toEqual(['t1: $a, then $b'])
})

test('what was acknowledged may be overtaken and never taken back', () => {
  const attempts = { tried: [1, 2, 3, 4], acknowledged: 1 }
  expect([undefined, 1, 2, 3, 4, 5].map((found) => isAllowed(attempts, found))).toEqual([
    ...[false, false, true, true, true, false],
  ])
  expect(isAllowed({ tried: [1], acknowledged: -1 }, undefined)).toBe(true)
})
