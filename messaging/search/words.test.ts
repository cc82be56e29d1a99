import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { occurrences, wordsOf, wordsWanted, writtenForms } from './words.ts'

const finds = (text: string, term: string) => {
  const wanted = wordsWanted(term, 32)
  const words = new Set(wordsOf(text, 2_000))
  return wanted.length > 0 && wanted.every((word) => words.has(word))
}

describe('words', () => {
  it.each([
    ['The Minister arrives at 10:30', 'minister'],
    ['don’t forget', "DON'T"],
    ['see https://example.com/a_b', 'example'],
    ['résumé à l’élysée', 'RESUME elysee'],
    ['Straße', 'strasse'],
    ['ΟΔΥΣΣΕΎΣ', 'οδυσσευς'],
    ['Łódź i Øster Æbleskiver', 'lodz oster aebleskiver'],
    ['İstanbul', 'istanbul'],
    ['ﬁle ｆｕｌｌ', 'file full'],
    ['zero\u200bwidth and soft\u00adhyphen', 'zerowidth softhyphen'],
    ['\u202eright to left\u202c', 'right'],
    ['שָׁלוֹם', 'שלום'],
    ['مُحَمَّد', 'محمد'],
    ['Ёлка', 'елка'],
    ['हिन्दी में', 'हिन्दी'],
    ['สวัสดีครับผมทำงานที่กระทรวง', 'กระทรวง'],
    ['東京都庁に行きました', '東京'],
    ['東京都庁に行きました', '都'],
    ['ガス料金のお知らせ', 'ガス'],
    ['서울에서 만나요', '서울에서'],
    ['٣ نسخ', '٣'],
  ])('%s is found by %s', (text, term) => {
    expect(finds(text, term)).toBe(true)
  })

  it.each([
    ['ministry', 'minister'],
    ['かき', 'がき'],
    ['京東', '東京'],
    ['👍 😀', '👍'],
    ['', 'x'],
    ['x', ''],
  ])('%s is not found by %s', (text, term) => {
    expect(finds(text, term)).toBe(false)
  })

  it('are told as they are written', () => {
    const forms = (text: string, term: string) => writtenForms(text, new Set(wordsWanted(term, 32)), 3)
    expect(forms('Le Résumé, le résumé; les résumés', 'resume le')).toEqual(['Le', 'Résumé', 'le'])
    expect(forms('zero\u200bwidth', 'zerowidth')).toEqual(['zero\u200bwidth'])
    expect(forms('東京都', '東京')).toEqual([])
  })

  it('of any text find it again, and no text takes long or throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
        const wanted = wordsWanted(text, 1_000)
        const words = new Set(wordsOf(text, 10_000))
        expect(wanted.filter((word) => !words.has(word))).toEqual([])
        expect(occurrences(text, new Set(wanted)).counts.size).toBe(wanted.length)
      }),
      { numRuns: 500 },
    )
    for (const piece of ['ﷺ', 'a\u0301', 'က', 'ก', '漢', '\ud800', '‮', 'é ', 'x', '\u0300']) {
      const startMs = performance.now()
      const words = wordsOf(piece.repeat(65_536 / Buffer.byteLength(piece)), 2_000)
      expect(words.length).toBeLessThanOrEqual(2_000)
      expect(Math.max(0, ...words.map((word) => word.length))).toBeLessThanOrEqual(64)
      expect(performance.now() - startMs).toBeLessThan(1_000)
    }
  })
})
