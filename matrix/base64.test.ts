import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts'

// https://spec.matrix.org/v1.19/appendices/#unpadded-base64
it.each([
  ['', ''],
  ['f', 'Zg'],
  ['fo', 'Zm8'],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg'],
  ['fooba', 'Zm9vYmE'],
  ['foobar', 'Zm9vYmFy'],
])('writes %j as published', (plain, encoded) => {
  expect(encodeBase64(Buffer.from(plain))).toBe(encoded)
  expect(decodeBase64(encoded)?.toString()).toBe(plain)
})

it('reads back every run of bytes, with padding or without', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const encoded = encodeBase64(bytes)
      const padded = encoded + '='.repeat((4 - (encoded.length % 4)) % 4)
      expect(encoded).not.toContain('=')
      expect(decodeBase64(encoded)).toStrictEqual(Buffer.from(bytes))
      expect(decodeBase64(padded)).toStrictEqual(Buffer.from(bytes))
      expect(encodeBase64Url(bytes)).toBe(encoded.replaceAll('+', '-').replaceAll('/', '_'))
    }),
  )
})

it.each(['Z', 'Zg===', 'Z g', 'Zm8-', 'Zm\n8', 'Z=g'])('refuses %j', (text) => {
  expect(decodeBase64(text)).toBeUndefined()
})
