import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { measureSms, splitSms } from './measure.ts'

const facts = (text: string) => {
  const { encoding, units, parts } = measureSms(text)
  return [encoding, units, parts]
}

describe('the measure of an SMS', () => {
  it.each([
    ['', 'gsm7', 0, 1],
    ['a'.repeat(160), 'gsm7', 160, 1],
    ['a'.repeat(161), 'gsm7', 161, 2],
    ['a'.repeat(306), 'gsm7', 306, 2],
    ['a'.repeat(307), 'gsm7', 307, 3],
    ['€'.repeat(80), 'gsm7', 160, 1],
    ['€'.repeat(81), 'gsm7', 162, 2],
    ['ä'.repeat(70), 'gsm7', 70, 1],
    ['ż'.repeat(70), 'ucs2', 70, 1],
    ['ż'.repeat(71), 'ucs2', 71, 2],
    ['ż'.repeat(134), 'ucs2', 134, 2],
    ['ż'.repeat(135), 'ucs2', 135, 3],
    ['😀'.repeat(35), 'ucs2', 70, 1],
    ['😀'.repeat(36), 'ucs2', 72, 2],
    ['`', 'ucs2', 1, 1],
    ['^{}\\[~]|€\f', 'gsm7', 20, 1],
    ['@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ÄÖÑÜ§¿äöñüà', 'gsm7', 43, 1],
  ])('%#', (text, encoding, units, parts) => expect(facts(text)).toEqual([encoding, units, parts]))

  it('never cuts an escape or a surrogate pair in two', () => {
    // 152 places, then a character of two: it begins the second part, and one place is lost.
    expect(splitSms(`${'a'.repeat(152)}€bbbbbbb`)).toEqual(['a'.repeat(152), '€bbbbbbb'])
    expect(splitSms(`${'a'.repeat(152)}€${'b'.repeat(151)}`)).toEqual(['a'.repeat(152), `€${'b'.repeat(151)}`])
    expect(splitSms(`${'ż'.repeat(66)}😀${'ż'.repeat(65)}`)).toEqual(['ż'.repeat(66), `😀${'ż'.repeat(65)}`])
    expect(measureSms(`${'a'.repeat(152)}€${'b'.repeat(152)}`).parts).toBe(3)
  })

  it('counts the parts that it cuts, loses nothing, and fills none beyond its bound', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '€', 'ż', '😀', '\n', ' ', '[', 'é'), maxLength: 700 })
    fc.assert(
      fc.property(text, (words) => {
        const { encoding, parts } = measureSms(words)
        const pieces = splitSms(words)
        expect(pieces.join('')).toBe(words)
        expect(pieces).toHaveLength(parts)
        if (parts === 1) return
        const bound = encoding === 'gsm7' ? 153 : 67
        for (const piece of pieces) {
          // Measured as it travels: a piece without a foreign letter still goes in the encoding of the whole.
          const places = encoding === 'gsm7' ? measureSms(piece).units : piece.length
          expect(places).toBeLessThanOrEqual(bound)
          expect(piece.isWellFormed()).toBe(true)
        }
      }),
    )
  })
})
