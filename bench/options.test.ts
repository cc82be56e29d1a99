import { expect, test } from 'vitest'
import { parts, readOptions } from './options.ts'

test('without options everything is measured on a server of its own', () => {
  const expected = { url: undefined, secret: undefined, seconds: 12, pid: undefined }
  expect(readOptions([])).toMatchObject({ ...expected, only: new Set(parts) })
})

test.each([
  [['--url', 'http://localhost:8008'], '--shared-secret'],
  [['--url', 'localhost:8008', '--shared-secret', 's'], 'http://127.0.0.1:8008'],
  [['--only', 'sends,fan-out'], '"fan-out"'],
  [['--seconds', 'long'], '--seconds'],
  [['--pid', '-1'], '--pid'],
  [['--rooms', '1'], '--rooms'],
  [['--members', 'many'], '--members'],
  [['--colour'], '--colour'],
])('%j is refused with a hint', (args, hint) => {
  expect(() => readOptions(args)).toThrow(hint)
})
