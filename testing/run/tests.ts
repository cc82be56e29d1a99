import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from './program.ts'
import { countReport, type Report, type Tally } from './tally.ts'

/**
 * Runs the tests whose path holds one of `filters` (all without one) with the runner's own words on the screen, and counts
 * them from its report.
 */
export async function runTests(root: string, filters: readonly string[]): Promise<Tally> {
  const folder = join(root, '.chancery', `test-report-${process.pid}`)
  const file = join(folder, 'report.json')
  mkdirSync(folder, { recursive: true })
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const args = [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...reporters, ...filters]
    const { code, tookMs } = await runProgram(root, { args }, { show: true })
    console.log(`${code === 0 ? 'passed' : 'FAILED'}  Tests (${(tookMs / 1000).toFixed(1)} s)`)
    return countReport(readReport(file), code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Undefined when the runner ended before it wrote one. */
function readReport(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report
  } catch {
    return undefined
  }
}
