import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '../errors/refusal.ts'
import { limits } from '../limits.ts'
import { parseJson } from './json-body.ts'

function codeOf(bytes: Buffer | string): string {
  try {
    parseJson(Buffer.from(bytes))
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
  return 'passed'
}

test('whatever is JSON comes through as JSON.parse gives it', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))
    }),
  )
})

test('no bytes at all break anything but the request', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      expect(['passed', 'M_NOT_JSON', 'M_BAD_JSON']).toContain(codeOf(Buffer.from(bytes)))
    }),
  )
})

test('depth is counted outside strings only', () => {
  const deep = (levels: number) => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2)
  expect(codeOf(deep(limits.jsonDepthMax))).toBe('passed')
  expect(codeOf(deep(limits.jsonDepthMax + 2))).toBe('M_BAD_JSON')
  expect(codeOf(JSON.stringify({ a: `\\"${'['.repeat(5000)}\\`, b: '"[' }))).toBe('passed')
  expect(codeOf('['.repeat(1_000_000))).toBe('M_BAD_JSON')
  expect(codeOf(`"${'\\'.repeat(5000)}`)).toBe('M_NOT_JSON')
})

test('__proto__ is an own key, the last of duplicates counts, and U+0000 stays', () => {
  const body = parseJson(Buffer.from('{"__proto__":{"x":1},"a":"1","a":"p\\u0000q"}')) as object
  expect(JSON.stringify(body)).toBe('{"__proto__":{"x":1},"a":"p\\u0000q"}')
  expect(Object.getPrototypeOf(body)).toBe(Object.prototype)
})

test('invalid UTF-8 is refused and never replaced', () => {
  expect(codeOf(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]))).toBe('M_NOT_JSON')
  expect(codeOf(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toBe('M_NOT_JSON')
  expect(parseJson(Buffer.alloc(0))).toBeUndefined()
})
