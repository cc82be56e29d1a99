import { describe, expect, test } from 'vitest'
import { closingLine, countReport } from './tally.ts'

const file = (status: string, ...tests: string[]) => ({
  name: 'x.test.ts',
  status,
  assertionResults: tests.map((each) => ({ status: each })),
})

describe('the closing line', () => {
  test('counts tests of all files', () => {
    const report = { testResults: [file('passed', 'passed', 'skipped', 'todo'), file('failed', 'passed', 'failed')] }
    expect(countReport(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 })
  })

  test('counts a file that could not be loaded', () => {
    const report = { testResults: [file('failed'), file('passed', 'passed')] }
    expect(countReport(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })

  test.each([
    ['no report', undefined, 1],
    ['no test', { testResults: [] }, 0],
    ['only skipped tests', { testResults: [file('passed', 'skipped')] }, 0],
    ['a bad end after good tests', { testResults: [file('passed', 'passed')] }, 1],
  ])('never calls %s a success', (_, report, exitCode) => {
    expect(countReport(report, exitCode).failed).toBe(1)
  })

  test('names skipped tests only when there are some', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed')
    expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped')
  })
})
