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
  ])
})

test('what was not measured does not hold', () => {
  const nothing = { ...figures, sends: [], fanOut: [], commits: [], memoryIdle: undefined, memoryAfter: undefined }
  expect(bars(nothing).every(({ value, holds }) => value === undefined && !holds)).toBe(true)
})
