/** Runs with every test file: a test whose requests or answers break the specification fails, and says how. */
import { afterAll, afterEach } from 'vitest'
import { noteExercised, takeViolations } from './recorder.ts'

const shownMax = 5

function failOnViolations(): void {
  const violations = takeViolations()
  if (violations.length === 0) return
  const more = violations.length > shownMax ? `\nand ${violations.length - shownMax} more` : ''
  throw new Error(`${violations.slice(0, shownMax).join('\n')}${more}`)
}

afterEach(failOnViolations)
afterAll(() => {
  noteExercised()
  failOnViolations()
})
