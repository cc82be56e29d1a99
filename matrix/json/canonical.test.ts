import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertDepth, byCodePoint, canonicalBytes, canonicalJson, checkCanonical, NotCanonical } from './canonical.ts'
import { copyObject, type JsonObject, type JsonValue, setKey } from './json.ts'

// The pairs of https://spec.matrix.org/v1.19/appendices/#canonical-json, source text first.
const published: readonly [string, string][] = [
  ['{}', '{}'],
  ['{ "one": 1, "two": "Two" }', '{"one":1,"two":"Two"}'],
  ['{ "b": "2", "a": "1" }', '{"a":"1","b":"2"}'],
  ['{"b":"2","a":"1"}', '{"a":"1","b":"2"}'],
  [
    `{ "auth": { "success": true, "mxid": "@john.doe:example.com", "profile": { "display_name": "John Doe",
      "three_pids": [ { "medium": "email", "address": "john.doe@example.org" },
      { "medium": "msisdn", "address": "123456789" } ] } } }`,
    '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":' +
      '[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}',
  ],
  ['{ "a": "日本語" }', '{"a":"日本語"}'],
  ['{ "本": 2, "日": 1 }', '{"日":1,"本":2}'],
  ['{ "a": "\\u65E5" }', '{"a":"日"}'],
  ['{ "a": null }', '{"a":null}'],
  ['{ "a": -0, "b": 1e10 }', '{"a":0,"b":10000000000}'],
]

/** Any JSON that has a canonical form, awkward keys and characters on purpose. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '\u0000', '\uffff', '\ue000', '\u{10000}', '"\\\n'),
)
const { value: anyJson } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<JsonValue>(null, true, false),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.array(fc.tuple(text, tie('value')), { maxLength: 5 }).map((entries) => {
    const object: JsonObject = {}
    for (const [key, value] of entries) setKey(object, key, value)
    return object
  }),
}))

describe('canonical JSON', () => {
  it.each(published)('writes the published pair %#', (source, canonical) => {
    expect(canonicalJson(JSON.parse(source))).toBe(canonical)
    expect(canonicalBytes(JSON.parse(source)).toString('utf8')).toBe(canonical)
  })

  it('sorts by code points, not by UTF-16 units', () => {
    expect(canonicalJson({ '\u{10000}': 1, '\uffff': 2, '\ue000': 3, a: 4 })).toBe(
      '{"a":4,"\ue000":3,"\uffff":2,"\u{10000}":1}',
    )
  })

  it('sorts keys that look like numbers as text', () => {
    expect(canonicalJson({ 10: 1, 9: 2, 1: 3 })).toBe('{"1":3,"10":1,"9":2}')
  })

  it('writes the shortest escapes', () => {
    expect(canonicalJson('\b\t\n\f\r"\\\u0000\u001f\u007f/\u2028')).toBe(
      '"\\b\\t\\n\\f\\r\\"\\\\\\u0000\\u001f\u007f/\u2028"',
    )
  })

  it('keeps __proto__ as an ordinary key', () => {
    const parsed = JSON.parse('{"z":1,"__proto__":{"a":2}}')
    expect(canonicalJson(parsed)).toBe('{"__proto__":{"a":2},"z":1}')
    expect(canonicalJson(copyObject(parsed, ['z']))).toBe('{"__proto__":{"a":2}}')
  })

  it.each([
    [{ content: { n: 1.5 } }, 'content.n', 'whole number'],
    [{ list: [1, 2 ** 53] }, 'list[1]', '9007199254740991'],
    [{ list: [-(2 ** 53)] }, 'list[0]', '-9007199254740991'],
    [{ a: { b: '\ud800' } }, 'a.b', 'surrogate'],
    [{ a: { '\udc00': 1 } }, 'a', 'key'],
    [{ a: Number.NaN }, 'a', 'integer'],
    [{ a: [undefined] }, 'a[0]', 'undefined'],
    [{ a: 10n }, 'a', 'bigint'],
  ])('refuses what has no canonical form and says where (%#)', (value, path, problem) => {
    for (const act of [canonicalJson, checkCanonical]) {
      let thrown: unknown
      try {
        act(value)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toBeInstanceOf(NotCanonical)
      expect((thrown as NotCanonical).path).toBe(path)
      expect((thrown as NotCanonical).message).toContain(problem)
    }
  })

  it('refuses what is nested too deep and does not overflow', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
    expect(() => canonicalJson(deep)).toThrow(NotCanonical)
    expect(() => assertDepth(deep, 100)).toThrow('At most 100 levels')
    expect(() => assertDepth({ a: [{}] }, 3)).not.toThrow()
    expect(() => assertDepth({ a: [{}] }, 2)).toThrow('a[0]')
  })

  it('reads back as the same value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        // Not toStrictEqual, which is led astray by an own key named `constructor`.
        expect(isDeepStrictEqual(JSON.parse(canonicalJson(value)), plain(value))).toBe(true)
      }),
    )
  })

  it('is its own canonical form', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const canonical = canonicalJson(value)
        expect(canonicalJson(JSON.parse(canonical))).toBe(canonical)
        expect(() => checkCanonical(value)).not.toThrow()
      }),
    )
  })

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
      }),
    )
  })

  it('orders as code points do', () => {
    const slow = (left: string, right: string) => {
      const [a, b] = [Array.from(left, pointOf), Array.from(right, pointOf)]
      const index = a.findIndex((point, at) => point !== b[at])
      if (index === -1) return a.length - b.length
      return index >= b.length ? 1 : (a[index] as number) - (b[index] as number)
    }
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}') })
    fc.assert(
      fc.property(key, key, (left, right) => {
        expect(Math.sign(byCodePoint(left, right))).toBe(Math.sign(slow(left, right)))
      }),
    )
  })
})

function pointOf(character: string): number {
  return character.codePointAt(0) as number
}

/** Through the platform's own JSON, which writes -0 as 0 as well. */
function plain(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value))
}

function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const turned: JsonObject = {}
  for (const [key, inner] of Object.entries(value).reverse()) setKey(turned, key, reversed(inner))
  return turned
}
