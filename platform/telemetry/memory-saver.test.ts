import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Quiet } from './memory-saver.ts'

test('quiet is told after five quiet looks, busy at the first busy one, and nothing is told twice', () => {
  const quiet = new Quiet()
  const looks = [0.9, 0, 0, 0.2, 0, 0.05, 0.09, 0, 0, 0, 0, 0.1, 0.9, 0, 0, 0, 0, 0, 0]
  const told = looks.map((utilization) => quiet.look(utilization))
  expect(told.flatMap((what, at) => (what === undefined ? [] : [`${at} ${what}`]))).toEqual([
    '8 quiet',
    '11 busy',
    '17 quiet',
  ])
})

test('V8 has the mode, whose name would otherwise be passed over with a word to nobody', () => {
  expect(execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })).toContain('--memory-saver-mode ')
})
