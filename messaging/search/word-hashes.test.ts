import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SealingKey } from '#platform/api.ts'
import { wordHashes } from './word-hashes.ts'

const keyOf = (fill: number) => ({ derive: () => Buffer.alloc(32, fill) }) as unknown as SealingKey
const key = keyOf(7)

test('words have hashes of their own, alike in whatever company they stand, and others under another key', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 1 }),
  )
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 30 }), (words) => {
      const hashes = wordHashes(key, words)
      expect(hashes).toEqual(words.flatMap((one) => wordHashes(key, [one])))
      expect(new Set(hashes).size).toBe(words.length)
      expect(hashes.every((one) => Number.isSafeInteger(one) && one >= 0 && one < 2 ** 48)).toBe(true)
      if (words.length > 0) expect(wordHashes(keyOf(8), words)).not.toEqual(hashes)
    }),
  )
})

test('a long word is not taken for its beginning, nor a short one for one that was filled up', () => {
  const words = ['k'.repeat(15), 'k'.repeat(16), 'k'.repeat(17), 'k', 'k\0', '', '\0']
  expect(new Set(wordHashes(key, words)).size).toBe(words.length)
})
