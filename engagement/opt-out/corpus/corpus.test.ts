import { expect, test } from 'vitest'
import { bareLetters, labels, later, type Phrase, partOf, parts, readCorpus } from '#testing/proofs/opt-out/corpus.ts'

const all = parts.flatMap(readCorpus)
const languages = [...new Set(all.map((phrase) => phrase.language))]
const count = (of: (phrase: Phrase) => boolean) => all.filter(of).length

test('there are enough phrases, in enough languages, of every label', () => {
  expect(languages.length).toBeGreaterThanOrEqual(24)
  expect(all.length).toBeGreaterThanOrEqual(3_600)
  for (const language of languages) {
    expect(
      count((phrase) => phrase.language === language),
      language,
    ).toBeGreaterThanOrEqual(140)
    for (const label of labels)
      expect(count((phrase) => phrase.language === language && phrase.label === label)).toBeGreaterThan(0)
  }
  const heldOut = count((phrase) => phrase.part === 'held-out')
  expect(heldOut / all.length).toBeGreaterThan(0.3)
  expect(heldOut / all.length).toBeLessThan(0.37)
})

test('every line stands in the part that its hash names', () => {
  const astray = all.filter((phrase) => partOf(phrase.base.replaceAll('\n', '\\n')) !== phrase.part)
  expect(astray.map((phrase) => phrase.base)).toEqual([])
})

test('what was added later is none of the held-out part and none of the tuning part again', () => {
  const added = readCorpus(later)
  expect(added.length).toBeGreaterThan(3_000)
  expect(added.filter((phrase) => partOf(phrase.base) !== 'tuning').map((phrase) => phrase.base)).toEqual([])
  const known = new Set(readCorpus('tuning').map((phrase) => `${phrase.language} ${phrase.text}`))
  expect(added.filter((phrase) => known.has(`${phrase.language} ${phrase.text}`)).map(({ text }) => text)).toEqual([])
})

test.each([[parts], [['tuning', later] as const]])('no phrase has two labels in one language: %s', (read) => {
  const told = new Map<string, string>()
  const torn = read.flatMap(readCorpus).filter((phrase) => {
    const key = `${phrase.language} ${phrase.text}`
    const label = `${phrase.label} ${phrase.scope}`
    const before = told.get(key)
    told.set(key, label)
    return before !== undefined && before !== label
  })
  expect(torn.map((phrase) => phrase.text)).toEqual([])
})

test('at most 15 of 100 are close to another of their language', () => {
  let close = 0
  for (const language of languages) {
    const seen: string[] = []
    for (const phrase of all.filter((each) => each.language === language)) {
      const letters = bareLetters(phrase.text)
      if (phrase.text !== phrase.base || seen.some((other) => areClose(letters, other))) close += 1
      seen.push(letters)
    }
  }
  expect(close / all.length).toBeLessThanOrEqual(0.15)
})

/** Whether at most 15 of 100 letters differ. */
function areClose(a: string, b: string): boolean {
  const most = Math.floor(Math.max(a.length, b.length) * 0.15)
  return Math.abs(a.length - b.length) <= most && distance(a, b) <= most
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, swap))
    }
    row = next
  }
  return row[b.length]!
}
