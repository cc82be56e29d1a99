/**
 * How many messages a text becomes on the way to a telephone. Alone it has 160 places of 7 bits or 70 of 16; in parts each
 * gives 6 bytes to the header that joins them (3GPP TS 23.040 §9.2.3.24.1), and 153 or 67 places are left. What takes two
 * places, an escape and its character or a surrogate pair, is never cut in two.
 */
import { isGsm7, septetsOf } from './gsm7.ts'

export type SmsMeasure = {
  readonly encoding: 'gsm7' | 'ucs2'
  /** Septets or UTF-16 units. */
  readonly units: number
  readonly parts: number
}

const bounds = { gsm7: { alone: 160, joined: 153 }, ucs2: { alone: 70, joined: 67 } } as const

export function measureSms(text: string): SmsMeasure {
  const encoding = isGsm7(text) ? 'gsm7' : 'ucs2'
  const { alone, joined } = bounds[encoding]
  let units = 0
  let parts = 1
  let inPart = 0
  for (const character of text) {
    const places = encoding === 'gsm7' ? septetsOf(character)! : character.length
    units += places
    inPart += places
    if (inPart > joined) {
      parts += 1
      inPart = places
    }
  }
  return { encoding, units, parts: units <= alone ? 1 : parts }
}

/** The text as the parts carry it. */
export function splitSms(text: string): string[] {
  const { encoding, parts } = measureSms(text)
  if (parts === 1) return [text]
  const pieces: string[] = []
  let piece = ''
  let inPart = 0
  for (const character of text) {
    const places = encoding === 'gsm7' ? septetsOf(character)! : character.length
    if (inPart + places > bounds[encoding].joined) {
      pieces.push(piece)
      piece = ''
      inPart = 0
    }
    piece += character
    inPart += places
  }
  return [...pieces, piece]
}
