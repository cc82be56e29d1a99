import { expect, test } from 'vitest'
import { bars, type Figures } from './figures.ts'

const times = { count: 1, p50: 1, p95: 1, p99: 99, max: 499 }

const figures: Figures = {
  machine: 'a machine',
  server: 'a server',
  sends: [
    { senders: 1, rooms: 1, perSecond: 400, ...times },
    { senders: 64, rooms: 64, perSecond: 2_000, ...times },
  ],
  fanOut: [{ clients: 1_000, ...times }],
  commits: [
    { wanted: 1, connections: 1, perSecond: 1_200, ...times },
    { wanted: 64, connections: 64, perSecond: 4_000, ...times },
  ],
  timed: [
    { what: 'slidingFirst', title: 'first', ...times, max: 61 },
    { what: 'initialSync', title: 'initial', ...times, p50: 999 },
    { what: 'join', title: 'join', perSecond: 300, ...times, p95: 149 },
    { what: 'page', title: 'page', ...times, p50: 9.9 },
  ],
  memoryIdle: { serverMb: 120, postgresMb: 60 },
  memoryAfter: { serverMb: 250, postgresMb: 200 },
}

test('each ratio has its yardstick, and each bar says what it wants', () => {
  expect(bars(figures).map(({ value, wanted, holds }) => [value, wanted, holds])).toEqual([
    [0.5, 'at least 0.5', true],
    [99, 'below 100', true],
    [0.333, 'at least 0.333', true],
    [499, 'below 500', true],
    [120, 'below 160', true],
    [250, 'below 250', false],
    [61, 'below 60', false],
    [999, 'below 1000', true],
    [149, 'below 150', true],
    [9.9, 'below 10', true],
  ])
})

test('what was not measured does not hold', () => {
  const nothing = {
    ...figures,
    sends: [],
    fanOut: [],
    commits: [],
    timed: [],
    memoryIdle: undefined,
    memoryAfter: undefined,
  }
  expect(bars(nothing).every(({ value, holds }) => value === undefined && !holds)).toBe(true)
})

test('what was not asked for is not judged', () => {
  expect(bars(figures, new Set(['pages'])).map(({ title }) => title)).toEqual(['a page of 100 messages, median ms'])
})
