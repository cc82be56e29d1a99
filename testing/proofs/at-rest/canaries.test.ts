import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Seeded } from '../seeded.ts'
import { Canaries, findCodes, findIn } from './canaries.ts'

const canaries = new Canaries(new Seeded(1))
const { e164 } = canaries.number('a number')
const forms = canaries.forms()
const word = canaries.word('a place')

test.each<[string, (text: string) => Buffer]>([
  ['as it is', (text) => Buffer.from(text)],
  ['in capitals', (text) => Buffer.from(text.toUpperCase())],
  ['in base64', (text) => Buffer.from(Buffer.from(text).toString('base64'))],
  ['in base64url', (text) => Buffer.from(Buffer.from(text).toString('base64url'))],
  ['in hexadecimal', (text) => Buffer.from(Buffer.from(text).toString('hex'))],
  ['in UTF-16', (text) => Buffer.from(text, 'utf16le')],
])('a canary is found %s, wherever it begins', (_, encode) => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 9 }), fc.string({ maxLength: 9 }), (before, after) => {
      expect(findIn(encode(before + word + after), forms)).not.toEqual([])
      expect(findIn(encode(before + e164 + after), forms)).not.toEqual([])
    }),
  )
})

test('a canary is found in what was compressed, or broken into lines', () => {
  // PostgreSQL's own compression puts a byte before every eight that it leaves as they are.
  const inEights = (text: string, first: number) =>
    [text.slice(0, first), ...(text.slice(first).match(/.{1,8}/g) ?? [])].join('\0')
  for (let first = 0; first < 8; first++) expect(findIn(Buffer.from(inEights(word, first)), forms)).not.toEqual([])
  for (let at = 1; at < word.length; at++) {
    expect(findIn(Buffer.from(`${word.slice(0, at)}=\r\n${word.slice(at)}`), forms)).not.toEqual([])
  }
})

test('a code is found where it stands alone', () => {
  const codes = new Set(['123456'])
  expect(
    ['code: 123456!', '"123456"', '\u0000123456\n'].map((text) => findCodes(Buffer.from(text), codes).length),
  ).toEqual([1, 1, 1])
  expect(
    ['91234567', 'a123456', '17.123456', '123456789'].flatMap((text) => findCodes(Buffer.from(text), codes)),
  ).toEqual([])
})

test('nothing is found where nothing is', () => {
  expect(findIn(new Seeded(2).bytes(1_000_000), forms)).toEqual([])
})
