import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Seeded } from '../seeded.ts'
import { Canaries, findIn, formsOf } from './canaries.ts'

const canaries = new Canaries(new Seeded(1))
const forms = formsOf(canaries.tag)
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
    }),
  )
})

test('nothing is found where nothing is', () => {
  expect(findIn(new Seeded(2).bytes(1_000_000), forms)).toEqual([])
})
