export type Tally = { passed: number; failed: number; skipped: number }

export const emptyTally: Tally = { passed: 0, failed: 0, skipped: 0 }

export function addTallies(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/** The last line of `npm test`, which people and machines look for. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** The part of the test runner's JSON report that counts. */
export type Report = {
  testResults: {
    name: string
    status: string
    message?: string
    assertionResults: { status: string }[]
  }[]
}

/**
 * Counts a report. A file that could not even be loaded counts as one failure, and so does a run that ended badly without
 * a failed test to show for it, or that ran no test at all.
 */
export function countReport(report: Report | undefined, exitCode: number): Tally {
  let tally = emptyTally
  for (const file of report?.testResults ?? []) {
    const count = (...statuses: string[]) =>
      file.assertionResults.filter((test) => statuses.includes(test.status)).length
    const failed = count('failed')
    const brokenFile = file.status === 'failed' && failed === 0 ? 1 : 0
    const counted = {
      passed: count('passed'),
      failed: failed + brokenFile,
      skipped: count('skipped', 'pending', 'todo', 'disabled'),
    }
    tally = addTallies(tally, counted)
  }
  const isBadEnd = tally.failed === 0 && (exitCode !== 0 || tally.passed === 0)
  return isBadEnd ? addTallies(tally, { ...emptyTally, failed: 1 }) : tally
}
