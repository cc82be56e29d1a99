import { expect, test } from 'vitest'
import type { Entry } from '../matrix/entry.ts'
import { makePerson } from '../matrix/person.ts'
import { keepItems, layMinutes } from './minutes.ts'

const noon = new Date(2027, 4, 4, 12).getTime()
const minuteMs = 60_000

function entry(id: string, sender: string, minute: number, more: Partial<Entry> = {}): Entry {
  return {
    key: id,
    id,
    kind: 'words',
    sender: makePerson(`@${sender}:averell.example`, sender, undefined, 'averell.example'),
    at: noon + minute * minuteMs,
    mine: sender === 'tomasz',
    toMe: false,
    html: '<p>Gate 4</p>',
    text: 'Gate 4',
    emote: false,
    endorsements: [],
    sending: 'sent',
    ...more,
  }
}
const joined = (id: string, who: string, minute: number) =>
  entry(id, who, minute, { kind: 'change', change: { kind: 'joined', who } })

const options = { readUpToId: undefined, fromTheStart: false }
const shape = (entries: Entry[], more = {}) =>
  layMinutes(entries, { ...options, ...more }).map((item) =>
    item.type === 'entry'
      ? `${item.key}${item.follow ? '+' : ''}`
      : item.type === 'changes'
        ? `${item.entries.length} changes`
        : item.type,
  )

test('a day is named where it begins, and begins a new run of words', () => {
  expect(shape([entry('a', 'ngozi', 0), entry('b', 'ngozi', 24 * 60)])).toEqual(['day', 'a', 'day', 'b'])
})

test('one person’s words follow each other for five minutes', () => {
  const entries = [entry('a', 'ngozi', 0), entry('b', 'ngozi', 4), entry('c', 'ngozi', 10), entry('d', 'dawit', 11)]
  expect(shape(entries)).toEqual(['day', 'a', 'b+', 'c', 'd'])
})

test('the mark stands before the first new words of somebody else', () => {
  const entries = [entry('a', 'ngozi', 0), entry('b', 'tomasz', 1), entry('c', 'ngozi', 2), entry('d', 'ngozi', 3)]
  expect(shape(entries, { readUpToId: 'a' })).toEqual(['day', 'a', 'b', 'new', 'c', 'd+'])
  expect(shape(entries, { readUpToId: 'd' })).toEqual(['day', 'a', 'b', 'c', 'd+'])
})

test('people who come one after another share a line, also over nobody’s words', () => {
  const entries = [joined('a', 'hana', 0), joined('b', 'priya', 1), entry('c', 'hana', 2), joined('d', 'losa', 3)]
  expect(shape(entries, { fromTheStart: true })).toEqual(['start', 'day', '2 changes', 'c', '1 changes'])
})

test('what did not change keeps its identity', () => {
  const [a, b, c] = [entry('a', 'ngozi', 0), entry('b', 'dawit', 1), entry('c', 'hana', 2)]
  const before = layMinutes([a, b], options)
  expect(keepItems(before, layMinutes([a, b], options))).toBe(before)
  const grown = keepItems(before, layMinutes([a, b, c], options))
  expect(grown.slice(0, 3)).toEqual(before)
  expect(grown[1]).toBe(before[1])
  const edited = keepItems(before, layMinutes([a, { ...b, text: 'Gate 5' }], options))
  expect(edited[1]).toBe(before[1])
  expect(edited[2]).not.toBe(before[2])
})
