import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCorpus } from '#testing/proofs/opt-out/corpus.ts'
import { figuresOf, judgePart } from '#testing/proofs/opt-out/evaluate.ts'
import { falseStopsMax, meetsBars } from '#testing/proofs/opt-out/opt-out.ts'
import { classify } from './classify.ts'

const sms = (text: string, languages?: string[]) => classify(text, { kind: 'sms', ...(languages && { languages }) })

/** What the held-out part reaches so far; the proof holds it to the bars themselves. */
const heldOutRecallMin = 0.991

test.each([
  ['tuning', true],
  ['tuning', false],
  ['added', true],
  ['added', false],
] as const)('the bars hold for the %s part of the corpus; language told: %s', (part, isTold) => {
  const figures = figuresOf(judgePart(part, isTold))
  expect(meetsBars(figures), JSON.stringify(figures)).toBe(true)
})

test.each([true, false])('the held-out part does not fall behind what it reached; language told: %s', (isTold) => {
  const figures = figuresOf(judgePart('held-out', isTold))
  // Numbers only: whoever reads a phrase of the held-out part may not tune by it.
  expect(figures.heard / figures.stops).toBeGreaterThanOrEqual(heldOutRecallMin)
  expect(figures.falseStops / figures.others).toBeLessThanOrEqual(falseStopsMax)
})

const plain = [
  'stop',
  'STOPP',
  'unsubscribe',
  'no more texts',
  'abmelden',
  'plus de sms',
  'darme de baja',
  'wypisz',
  'стоп',
]
const dressed = fc.record({
  word: fc.constantFrom(...plain),
  before: fc.constantFrom('', 'please ', 'Bitte ', 'hello, ', '!!! ', '🙏 ', '\u200b', '  \n'),
  after: fc.constantFrom('', '.', '!!!', ' please', ' danke', ' 12345', ' 🙏', '…', ' thank you', '\u200d', ' :-('),
  isLoud: fc.boolean(),
})

test('politeness, punctuation, capitals and what cannot be seen never change a plain stop', () => {
  fc.assert(
    fc.property(dressed, ({ word, before, after, isLoud }) => {
      const text = `${before}${isLoud ? word.toUpperCase() : word}${after}`
      expect(sms(text).outcome).toBe('stop')
    }),
    { numRuns: 1_000 },
  )
})

const dressings: readonly ((text: string) => string)[] = [
  (text) => `${text}!!!`,
  (text) => `🙏 ${text} 🙏`,
  (text) => `  ${text}\n`,
  (text) => `hello, ${text}`,
  (text) => `${text}. thank you`,
  (text) => text.toLowerCase(),
]

test('what stands around a wish does not change how it is heard', () => {
  const stops = (['tuning', 'added'] as const)
    .flatMap(readCorpus)
    .filter(({ label, kind }) => label === 'stop' && kind === 'sms')
  const heard = stops.filter(({ text }) => sms(text).outcome === 'stop')
  for (const dress of dressings) {
    const still = heard.filter(({ text }) => sms(dress(text)).outcome === 'stop')
    expect(still.length / heard.length, dress('…')).toBeGreaterThanOrEqual(0.995)
  }
})

test('of wishes with two letters of a long word swapped, more than nine in ten are heard', () => {
  const slipped = (['tuning', 'added'] as const)
    .flatMap(readCorpus)
    .filter(({ label, kind, text }) => label === 'stop' && kind === 'sms' && /\p{L}{6}/u.test(text))
    .map(({ text }) => text.replace(/(\p{L}{2})(\p{L})(\p{L})(\p{L}{2})/u, '$1$3$2$4'))
  const heard = slipped.filter((text) => sms(text).outcome === 'stop')
  expect(heard.length / slipped.length).toBeGreaterThan(0.9)
})

test('letters of other scripts, digits and full-width forms do not hide it', () => {
  for (const text of [
    'ЅТОР',
    'st0p',
    'ＳＴＯＰ',
    's\u200bt\u200bo\u200bp',
    'S T O P',
    's.t.o.p',
    '𝐒𝐓𝐎𝐏',
    'stooooop',
    'ՏTOP stop',
  ])
    expect(sms(text), text).toMatchObject({ outcome: 'stop' })
})

test('every text has an answer that holds none of it', () => {
  const secret = /[\u4e00-\u9fff]|\d{4}/
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('sms', 'mail'), (text, kind) => {
      const { outcome, because } = classify(text, { kind })
      expect(['stop', 'unsure', 'none', 'start', 'help', 'yes', 'no']).toContain(outcome)
      expect(because).not.toMatch(secret)
    }),
    { numRuns: 2_000 },
  )
})

const hostile: readonly [string, string][] = [
  ['one long word', 'a'.repeat(1_000_000)],
  ['typos only', 'stpp unsubscrbe messgaes '.repeat(40_000)],
  ['single letters', 's t o p '.repeat(100_000)],
  ['phrases with gaps', 'hören melde take turn nicht '.repeat(40_000)],
  ['marks', `stop${'\u0301'.repeat(500_000)}`],
  ['line breaks', '\n'.repeat(1_000_000)],
  ['quotes', 'wrote:\n> a\n'.repeat(100_000)],
  ['dashes', `${'-'.repeat(1_000_000)}x`],
  ['halves of letters', '\ud83d'.repeat(500_000)],
]

test.each(hostile)('hostile input is bounded: %s', (_, text) => {
  for (const kind of ['sms', 'mail'] as const) {
    const startedMs = performance.now()
    classify(text, { kind })
    // Some ten times what it takes, so that a busy machine does not fail it; backtracking would take minutes.
    expect(performance.now() - startedMs).toBeLessThan(250)
  }
})

test('the scope is told', () => {
  expect(sms('STOP')).toMatchObject({ outcome: 'stop', scope: 'programme' })
  expect(sms('STOP ALL')).toMatchObject({ outcome: 'stop', scope: 'agency' })
  expect(sms('stop gov')).toMatchObject({ outcome: 'stop', scope: 'government' })
  expect(sms('hello')).not.toHaveProperty('scope')
})

test('the language decides what a word means', () => {
  expect(sms('tak', ['pl']).outcome).toBe('yes')
  expect(sms('nu', ['ro']).outcome).toBe('no')
  expect(sms('ja', ['de']).outcome).toBe('yes')
})

test('in a mail only her own words count', () => {
  const quoted = 'Thank you.\n\nOn Monday the office wrote:\n> Reply STOP to end these messages.'
  expect(classify(quoted, { kind: 'mail' }).outcome).toBe('none')
  expect(classify(`STOP\n\n${quoted.split('\n\n')[1]}`, { kind: 'mail' }).outcome).toBe('stop')
  expect(classify('I will come.\n\nBest regards\nJo Stop', { kind: 'mail' }).outcome).toBe('none')
  expect(classify('See you.\n-- \nUnsubscribe', { kind: 'mail' }).outcome).toBe('none')
})

test.each([
  'I do not have email',
  'delete the old number',
  "don't forget me",
  'is it the end of the line?',
  'estoy fuera',
  'je suis en arrêt',
  'no quiero cancelar',
  'nie zapomnijcie o mnie',
  'napište mi',
  'є питання до кінця місяця',
  'är det slut?',
  'a hét végén',
])('what only sounds like it is left alone: %s', (text) => {
  expect(sms(text).outcome).not.toBe('stop')
})

test.each([
  'how often must I tell you to stop',
  'quiero que paren',
  'for heaven’s sake stop',
  'kan ni sluta?',
  'nikdy mi už neposílejte zprávy',
])('an order is heard, however it is dressed: %s', (text) => {
  expect(sms(text).outcome).toBe('stop')
})
