import { describe, expect, it } from 'vitest'
import { acceptedLanguages, knownLanguage, languages, wordsIn } from './words.ts'

type Shape = { readonly [key: string]: Shape } | string

/** Every word of a language, by its place; functions are asked with stand-ins, so that all of theirs is there too. */
function placesOf(value: unknown, place = ''): [string, string][] {
  if (typeof value === 'string') return [[place, value]]
  if (typeof value === 'function') return [[place, value('{1}', '{2}') as string]]
  return Object.entries(value as Shape).flatMap(([key, one]) => placesOf(one, `${place}.${key}`))
}

const english = new Map(placesOf(languages[0]))
const counted = (text: string) => (text.match(/\{\d\}/g) ?? []).toSorted().join()

describe.each(languages.map((words) => [words.lang, words] as const))('%s', (lang, words) => {
  const places = placesOf(words)

  it('says everything, and leaves out nothing that was put in', () => {
    for (const [place, text] of places) {
      expect(text, place).not.toBe('')
      // Paragraphs and lists may be of another number.
      if (!english.has(place)) expect(place).toMatch(/\.(privacy|accessibility|holds)\.\d+$/)
      else if (!place.endsWith('.inbox')) expect(counted(text), place).toBe(counted(english.get(place) ?? ''))
    }
    const missing = [...english.keys()].filter((place) => !places.some(([one]) => one === place))
    expect(missing.filter((place) => !/\.(privacy|accessibility|holds)\.\d+$/.test(place))).toEqual([])
  })

  it('is of its own language', () => {
    if (lang === 'en') return
    const same = places.filter(([place, text]) => text === english.get(place) && /\p{L}{6}/u.test(text))
    expect(same.map(([place]) => place)).toEqual([])
  })

  it('keeps codes short enough for one SMS', () => {
    const text = words.code.message('123456', 'City of Port Averell')
    expect(text.length).toBeLessThanOrEqual(/[^\p{ASCII}äöüßÄÖÜéèàñ]/u.test(text) ? 70 : 160)
  })

  it('is short where it says that it is easy', () => {
    if (!lang.endsWith('-simple')) return
    const long = places
      .flatMap(([place, text]) => text.split(/[.?!:]\s/).map((sentence) => [place, sentence] as const))
      .filter(([, sentence]) => sentence.split(/\s+/).length > 14)
    expect(long).toEqual([])
  })
})

describe('the language', () => {
  it('is the first wish that the pages speak; easy words where they are asked for and there', () => {
    expect(wordsIn('xx', 'de-AT', 'en').lang).toBe('de')
    expect(wordsIn('de-simple').lang).toBe('de-simple')
    expect(wordsIn('ar-EG').dir).toBe('rtl')
    expect(wordsIn(undefined, '').lang).toBe('en')
    expect([knownLanguage('de', true), knownLanguage('ar', true), knownLanguage('fi', true)]).toEqual([
      'de-simple',
      'ar',
      undefined,
    ])
  })

  it('is read out of whatever a browser sends', () => {
    expect(acceptedLanguages('fr;q=0.5, ar, de;q=0.8, *;q=0')).toEqual(['ar', 'de', 'fr'])
    expect(acceptedLanguages('\r\nset-cookie: x, ;;;q=, de')).toContain('de')
    expect(acceptedLanguages(`${'x,'.repeat(10_000)}`).length).toBeLessThan(300)
  })
})
