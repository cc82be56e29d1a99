import type { JsonObject, JsonValue } from './json.ts'

/**
 * Canonical JSON: the one text that stands for a value, which is what gets hashed and signed.
 * https://spec.matrix.org/v1.19/appendices/#canonical-json
 *
 * Every send passes here several times, so the writer checks and writes in one walk and keeps no path. Only when it
 * meets something wrong does a second, slow walk find out where, for the error.
 */

/** Nesting beyond this is refused. The protocol names no limit, but recursion and every reader have one. */
const depthMax = 1000

/** Why a value has no canonical form, where it is, and what would be right. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical'
  /** For example `content.body` or `content.list[3]`; empty for the value itself. */
  readonly path: string

  constructor(path: string, problem: string) {
    super(path === '' ? `The value ${problem}` : `${path} ${problem}`)
    this.path = path
  }
}

/** The canonical text. Keys whose value is undefined are left out, as `JSON.stringify` does. Throws NotCanonical. */
export function canonicalJson(value: JsonValue | object): string {
  const text = write(value, 0)
  if (text !== undefined) return text
  checkCanonical(value)
  throw new NotCanonical('', 'is not JSON.')
}

/** The canonical text in UTF-8. */
export function canonicalBytes(value: JsonValue | object): Buffer {
  return Buffer.from(canonicalJson(value), 'utf8')
}

/** Throws NotCanonical, with the path of the first fault, unless the value has a canonical form. */
export function checkCanonical(value: unknown): void {
  check(value, '', 0)
}

/** Throws NotCanonical when objects and arrays are nested more than `levels` deep; `{}` is one level. */
export function assertDepth(value: unknown, levels: number): void {
  const open: { value: object; depth: number; path: string }[] = []
  const enter = (inner: unknown, depth: number, path: string) => {
    if (typeof inner !== 'object' || inner === null) return
    if (depth > levels) throw new NotCanonical(path, `is nested too deep. At most ${levels} levels are allowed.`)
    open.push({ value: inner, depth, path })
  }
  enter(value, 1, '')
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // Paths of deep hostile values would grow without bound, so only the first few levels are named.
    for (const [key, inner] of Object.entries(next.value)) {
      const path = next.depth > 20 ? next.path : step(next.path, next.value, key)
      enter(inner, next.depth + 1, path)
    }
  }
}

// What needs an escape, or could be half of a surrogate pair.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what JSON escapes.
const needsCare = /["\\\u0000-\u001f\ud800-\udfff]/
// Where UTF-16 order and code point order part: surrogates sort before U+E000 to U+FFFF, but mean what is after them.
const beyondPlainOrder = /[\ud800-\uffff]/

/** Undefined when something inside has no canonical form. */
function write(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return writeString(value)
    case 'number':
      // Adding to a string writes -0 as 0, and safe integers never in exponents.
      return Number.isSafeInteger(value) ? `${value}` : undefined
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (depth >= depthMax) return undefined
      return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value as JsonObject, depth + 1)
    default:
      return undefined
  }
}

function writeString(text: string): string | undefined {
  if (!needsCare.test(text)) return `"${text}"`
  return text.isWellFormed() ? JSON.stringify(text) : undefined
}

function writeArray(values: readonly unknown[], depth: number): string | undefined {
  let text = '['
  for (let index = 0; index < values.length; index++) {
    const written = write(values[index], depth)
    if (written === undefined) return undefined
    text += index === 0 ? written : `,${written}`
  }
  return `${text}]`
}

function writeObject(object: JsonObject, depth: number): string | undefined {
  const keys = sortedKeys(object)
  let text = '{'
  let isFirst = true
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    const inner = object[key]
    if (inner === undefined) continue
    const name = writeString(key)
    const written = write(inner, depth)
    if (name === undefined || written === undefined) return undefined
    text += isFirst ? `${name}:${written}` : `,${name}:${written}`
    isFirst = false
  }
  return `${text}}`
}

/** Objects of events have a handful of keys, where insertion beats the general sort; most come sorted already. */
function sortedKeys(object: JsonObject): string[] {
  const keys = Object.keys(object)
  if (keys.length > 24) return keys.sort(byCodePoint)
  for (let index = 1; index < keys.length; index++) {
    const key = keys[index] as string
    let place = index
    while (place > 0 && isBefore(key, keys[place - 1] as string)) {
      keys[place] = keys[place - 1] as string
      place--
    }
    keys[place] = key
  }
  return keys
}

function isBefore(left: string, right: string): boolean {
  const leftUnit = left.charCodeAt(0)
  const rightUnit = right.charCodeAt(0)
  // Nearly every comparison is decided by the first unit, and below the surrogates the unit is the code point.
  if (leftUnit !== rightUnit && leftUnit < 0xd800 && rightUnit < 0xd800) return leftUnit < rightUnit
  return byCodePoint(left, right) < 0
}

/** Orders strings by Unicode code points. */
export function byCodePoint(left: string, right: string): number {
  if (left === right) return 0
  if (!beyondPlainOrder.test(left) || !beyondPlainOrder.test(right)) return left < right ? -1 : 1
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const leftUnit = left.charCodeAt(index)
    const rightUnit = right.charCodeAt(index)
    if (leftUnit !== rightUnit) return orderOf(leftUnit) - orderOf(rightUnit)
  }
  return left.length - right.length
}

/** Lifts surrogates above every other unit, since what they stand for lies above U+FFFF. */
function orderOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function check(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new NotCanonical(path, 'holds half of a surrogate pair. Send well-formed Unicode.')
    return
  }
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return
    if (Number.isInteger(value)) {
      throw new NotCanonical(path, 'is out of range. Integers lie between -9007199254740991 and 9007199254740991.')
    }
    throw new NotCanonical(path, 'is not an integer. Send a whole number, or write the value as a string.')
  }
  if (typeof value !== 'object') throw new NotCanonical(path, `is a ${typeof value}, which JSON does not know.`)
  if (depth >= depthMax) {
    throw new NotCanonical(path.slice(0, 200), `is nested too deep. At most ${depthMax} levels are allowed.`)
  }
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined && !Array.isArray(value)) continue
    if (!key.isWellFormed()) {
      throw new NotCanonical(path, 'has a key with half of a surrogate pair. Send well-formed Unicode.')
    }
    check(inner, step(path, value, key), depth + 1)
  }
}

function step(path: string, parent: object, key: string): string {
  if (Array.isArray(parent)) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}
