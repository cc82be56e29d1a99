import { expect, test } from 'vitest'
import { Recent } from './recent.ts'

test('what was set or got longest ago leaves first; a peek does not count', () => {
  const dropped: string[] = []
  const recent = new Recent<string, number>(3, { onDropped: (key) => dropped.push(key) })
  recent.set('a', 1)
  recent.set('b', 2)
  recent.set('c', 3)
  expect(recent.get('a')).toBe(1)
  expect(recent.peek('b')).toBe(2)
  recent.set('d', 4)
  expect([...recent].map(([key]) => key)).toEqual(['c', 'a', 'd'])
  recent.set('c', 5)
  recent.set('e', 6)
  expect([...recent]).toEqual([
    ['d', 4],
    ['c', 5],
    ['e', 6],
  ])
  expect(dropped).toEqual(['b', 'a'])
})

test('weights are summed, taken when a value is set, and given back when it goes', () => {
  const recent = new Recent<number, number[]>(10, { weigh: (list) => list.length })
  const growing = [1, 2, 3, 4]
  recent.set(1, growing)
  recent.set(2, [1, 2, 3, 4])
  growing.push(5, 6, 7, 8)
  expect(recent.delete(1)).toBe(true)
  expect(recent.delete(1)).toBe(false)
  recent.set(3, [1, 2, 3, 4, 5, 6])
  expect(recent.size).toBe(2)
  recent.set(2, [1, 2, 3, 4, 5])
  expect([...recent].map(([key]) => key)).toEqual([2])
})

test('the last one set stays, even one that is heavier than all that is allowed', () => {
  const recent = new Recent<string, number>(5, { weigh: (weight) => weight })
  recent.set('light', 1)
  recent.set('heavy', 50)
  expect(recent.has('light')).toBe(false)
  expect(recent.peek('heavy')).toBe(50)
  recent.set('light', 1)
  expect([...recent]).toEqual([['light', 1]])
})
