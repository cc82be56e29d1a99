/**
 * `npm test [-- FILTER …]`: every check and every test, each step with its time, and one closing line that counts them.
 *
 * A filter that names steps (types, lint, arrows, unused, tests) runs those; any other is handed to the test runner as the
 * part of a path, and runs those tests alone.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { holdInstallation, InstallationChanged } from '#server/bootstrap/installation.js'
import { type Program, runProgram, stopProgramsOnSignal } from './run/program.ts'
import { addTallies, closingLine, emptyTally, type Tally } from './run/tally.ts'
import { runTests } from './run/tests.ts'

const root = join(import.meta.dirname, '..')
const tool = (...path: string[]) => join(root, 'node_modules', ...path)
const tsc = tool('@typescript', 'native', 'bin', 'tsc')
const webConfig = join(root, 'web', 'tsconfig.json')

/** The checks beside the tests. They are short and mostly single-threaded, so two at a time suit a small machine. */
const checks: Program[] = [
  { name: 'types', title: 'Types', args: [tsc, '--noEmit'] },
  ...(existsSync(webConfig)
    ? [{ name: 'types', title: 'Types of the web client', args: [tsc, '--noEmit', '-p', webConfig] }]
    : []),
  {
    name: 'lint',
    title: 'Lint and format',
    args: [tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings', '.'],
  },
  { name: 'arrows', title: 'Arrows between folders', args: [join(root, 'testing', 'tidy', 'arrows', 'check.ts')] },
  {
    name: 'unused',
    title: 'Unused files and packages',
    args: [tool('knip', 'bin', 'knip.js'), '--no-progress', '--no-config-hints'],
  },
]
const checksAtOnce = 2

async function main(filters: readonly string[]): Promise<Tally> {
  holdInstallation(root, { testLibraries: true })
  const steps = new Set([...checks.map((check) => check.name), 'tests'])
  const chosen = filters.filter((filter) => steps.has(filter))
  const testFilters = filters.filter((filter) => !steps.has(filter))
  const isWhole = filters.length === 0
  let tally = emptyTally
  const waiting = checks.filter((check) => isWhole || chosen.includes(check.name))
  const lanes = Array.from({ length: checksAtOnce }, async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const passed = await runCheck(check)
      tally = addTallies(tally, { ...emptyTally, passed: passed ? 1 : 0, failed: passed ? 0 : 1 })
    }
  })
  await Promise.all(lanes)
  if (isWhole || chosen.includes('tests') || testFilters.length > 0)
    tally = addTallies(tally, await runTests(root, testFilters))
  return tally
}

async function runCheck(check: Program): Promise<boolean> {
  const { code, output, tookMs } = await runProgram(root, check)
  const passed = code === 0
  console.log(`${passed ? 'passed' : 'FAILED'}  ${check.title} (${(tookMs / 1000).toFixed(1)} s)`)
  if (!passed) console.log(output.trimEnd().replace(/^/gm, '    '))
  return passed
}

stopProgramsOnSignal()
try {
  const tally = await main(process.argv.slice(2))
  console.log(`\n${closingLine(tally)}`)
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1
} catch (error) {
  if (!(error instanceof InstallationChanged)) throw error
  console.error(error.message)
  process.exitCode = 1
}
