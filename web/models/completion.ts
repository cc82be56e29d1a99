import type { Person } from '../matrix/person.ts'
import { answers } from './room-list.ts'

/** The name that is being typed after an `@`, and where it stands. */
export type NameInProgress = { query: string; from: number; to: number }

const queryLengthMax = 30

/** The mention under the caret: an `@` at the start of a word, up to the caret, on one line. */
export function nameAt(text: string, caret: number): NameInProgress | undefined {
  const before = text.slice(0, caret)
  const at = before.lastIndexOf('@')
  if (at < 0 || (at > 0 && !/[\s(]/.test(before[at - 1] ?? ''))) return undefined
  const query = before.slice(at + 1)
  if (
    query.length > queryLengthMax ||
    /[\n@,;:!?]/.test(query) ||
    /\s{2}|\s$/.test(query) ||
    query.split(' ').length > 3
  )
    return undefined
  return { query, from: at, to: caret }
}

/** People whose name or user name begins as typed, at most eight. */
export function candidates(people: readonly Person[], query: string): Person[] {
  return people.filter((person) => answers(person.name, query) || answers(person.id.slice(1), query)).slice(0, 8)
}

export function putName(text: string, place: NameInProgress, name: string): { text: string; caret: number } {
  const put = `@${name} `
  const rest = text.slice(place.to).replace(/^ /, '')
  return { text: text.slice(0, place.from) + put + rest, caret: place.from + put.length }
}
