import type { Specification } from './specification.ts'
import { unsupported } from './unsupported.ts'

/** How many operations may be missing to be named one by one. */
const namedMax = 12

/** One line from the notes of all test processes: how much of what is supported went through them. */
export function exercisedLine(specification: Specification, notes: string): string {
  const lines = notes.split('\n').filter((line) => line !== '')
  const exercised = new Set(lines.filter((line) => !line.startsWith('#')))
  const sums = lines.filter((line) => line.startsWith('#')).map((line) => line.split(' ').slice(1).map(Number))
  const count = sums.reduce((sum, [one = 0]) => sum + one, 0)
  const seconds = sums.reduce((sum, [, ms = 0]) => sum + ms, 0) / 1_000
  const specified = specification.operations.filter(({ isProposed }) => !isProposed).map(({ id }) => id)
  const supported = specified.filter((id) => unsupported[id] === undefined)
  const missing = supported.filter((id) => !exercised.has(id))
  const named = missing.length > 0 && missing.length <= namedMax ? ` Missing: ${missing.join(', ')}.` : ''
  return (
    `Matrix client-server API: ${supported.length - missing.length} of ${supported.length} supported operations exercised ` +
    `(${specified.length} in the specification); ${count} exchanges checked in ${seconds.toFixed(1)} s.${named}`
  )
}
