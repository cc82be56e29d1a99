import { expect, test } from 'vitest'
import type { ChangeKind } from '../matrix/change.ts'
import type { Entry } from '../matrix/entry.ts'
import { makePerson } from '../matrix/person.ts'
import type { Item } from './minutes.ts'
import { type About, keepLines, type TalkFacts, talkLines } from './talk-lines.ts'

const citizen = '@c-1a2b:town'
const minute = 60_000
let count = 0

function entry(sender: string, text: string, more: Partial<Entry> = {}): Entry {
  count += 1
  return {
    key: `e${count}`,
    id: `$e${count}`,
    kind: 'words',
    sender: makePerson(sender, undefined, undefined, 'town'),
    at: count * minute,
    mine: false,
    toMe: false,
    html: '',
    text,
    emote: false,
    endorsements: [],
    sending: 'sent',
    ...more,
  }
}

const change = (kind: ChangeKind) => entry('@desk:town', '', { kind: 'change', change: { kind, who: 'Somebody' } })
const items = (entries: readonly Entry[]): Item[] =>
  entries.map((one) =>
    one.kind === 'change'
      ? { type: 'changes', key: one.key, entries: [one] }
      : { type: 'entry', key: one.key, entry: one, follow: false },
  )

const facts = (about: (entry: Entry) => About, more: Partial<TalkFacts> = {}): TalkFacts => ({
  citizen,
  about,
  arrivedAt: 0,
  leaders: new Set(['@ada:town']),
  floorMs: 0,
  ...more,
})
const nothing = (): About => ({})
const types = (lines: readonly { type: string }[]) => lines.map(({ type }) => type).filter((type) => type !== 'day')

test('comings and goings are told of those who help, and of nobody by whose name the server or she speaks', () => {
  const members = ['@desk:town', citizen, '@c-other:town', '@ada:town', '@ben:town']
  const joined = members.map(() => change('joined'))
  const left = members.map(() => change('left'))
  const all = [...joined, ...left]
  const about = (one: Entry): About => ({ member: members[all.indexOf(one) % members.length] })
  const lines = talkLines(items(all), [], facts(about)).filter(({ type }) => type === 'change')
  expect(lines.map((line) => ('entry' in line ? about(line.entry).member : ''))).toEqual(['@ben:town', '@ben:town'])
  expect(talkLines(items([change('joined')]), [], facts(nothing))).toEqual([])
  expect(types(talkLines(items([change('leads'), change('waits')]), [], facts(nothing)))).toEqual(['change', 'change'])
})

test('words, letters, lines for the desk and notes stand in the order in which they were written', () => {
  const [hers, ours] = [entry(citizen, 'My bin'), entry('@ada:town', 'Tomorrow')]
  const note = entry('@ben:town', 'The road is shut')
  const command = entry('@ada:town', '!wait')
  const lines = talkLines(items([hers, ours, command]), items([note]), facts(nothing))
  expect(types(lines)).toEqual(['words', 'letter', 'note', 'command'])
  const again = talkLines(items([hers, ours, command]), items([note]), facts(nothing))
  expect(keepLines(lines, again)).toBe(lines)
})

test('what became of a letter is what the desk told last, else how far her receipt stands', () => {
  const letters = ['one', 'two', 'three', 'four'].map((text) => entry('@ada:town', text))
  const [one, two, three] = letters
  const told = (quoted: Entry | undefined, outcome: string) => {
    const notice = entry('@desk:town', outcome, { quote: { id: quoted?.id ?? '', name: '', text: '' } })
    return { notice, facts: { outcome } }
  }
  const notices = [told(one, 'unknown'), told(two, 'unknown'), told(two, 'failed')]
  const about = (one: Entry): About => {
    const of = notices.find(({ notice }) => notice === one)
    return of ? { facts: of.facts } : {}
  }
  const all = [...letters, ...notices.map(({ notice }) => notice)]
  const lines = talkLines(items(all), [], facts(about, { arrivedAt: three?.at ?? 0 }))
  const fates = lines.flatMap((line) => (line.type === 'letter' ? [line.fate] : []))
  expect(fates).toEqual(['unsure', 'lost', 'arrived', 'sent'])
  expect(lines.flatMap((line) => (line.type === 'notice' ? [line.tone] : []))).toEqual(['halt', 'halt', 'halt'])
})

test('what is not loaded of one room is left out of the other', () => {
  const [early, note, late] = [entry(citizen, 'One'), entry('@ben:town', 'Two'), entry(citizen, 'Three')]
  const lines = talkLines(items([early, late]), items([note]), facts(nothing, { floorMs: note.at }))
  expect(types(lines)).toEqual(['note', 'words'])
})
