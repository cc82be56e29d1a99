import type { TSchema } from 'typebox'
import { refuse } from '../errors/refusal.ts'

export type QueryValue = string | number | boolean | readonly (string | number | boolean)[]
export type Query = Record<string, QueryValue>

type Kind = 'string' | 'integer' | 'number' | 'boolean'
type Plan = { readonly kind: Kind; readonly isList: boolean }
export type QueryPlan = ReadonlyMap<string, Plan>

/** What the schema of a query wants to be converted. */
export function planQuery(schema: TSchema | undefined): QueryPlan {
  const plan = new Map<string, Plan>()
  const properties = (schema as { properties?: Record<string, TSchema> } | undefined)?.properties ?? {}
  for (const [name, property] of Object.entries(properties)) {
    const { type, items } = property as { type?: string; items?: { type?: string } }
    plan.set(
      name,
      type === 'array' ? { kind: kindOf(items?.type), isList: true } : { kind: kindOf(type), isList: false },
    )
  }
  return plan
}

function kindOf(type: string | undefined): Kind {
  return type === 'integer' || type === 'number' || type === 'boolean' ? type : 'string'
}

/**
 * Reads the query of a URL. Broken percent-encoding, broken UTF-8 and U+0000 are refused: the usual parsers put U+FFFD
 * in their place, and then two different requests mean the same. A name that comes twice is a list where the schema wants
 * a list; else its last value counts.
 */
export function readQuery(url: string, plan: QueryPlan): Query {
  const query: Query = Object.create(null)
  const start = url.indexOf('?')
  if (start === -1) return query
  const hash = url.indexOf('#', start)
  for (const part of url.slice(start + 1, hash === -1 ? undefined : hash).split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decode(equals === -1 ? part : part.slice(0, equals))
    const text = equals === -1 ? '' : decode(part.slice(equals + 1))
    const wanted = plan.get(name)
    if (wanted?.isList) {
      const before = query[name] as QueryValue[] | undefined
      if (before === undefined) query[name] = [convert(text, wanted.kind)]
      else (before as unknown[]).push(convert(text, wanted.kind))
    } else query[name] = wanted === undefined ? text : convert(text, wanted.kind)
  }
  return query
}

/** Path parameters are decoded by the router; what no identifier may hold is refused here. */
export function checkParams(params: Record<string, string>): void {
  for (const name in params) {
    if (params[name]!.includes('\0')) throw brokenUrl()
  }
}

export function brokenUrl() {
  return refuse('M_INVALID_PARAM', 'The address holds characters that are not allowed or broken percent-encoding.')
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  let decoded: string
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw brokenUrl()
  }
  if (decoded.includes('\0')) throw brokenUrl()
  return decoded
}

/** Only what certainly is of the wanted kind is converted; the check that follows refuses the rest. */
function convert(text: string, kind: Kind): string | number | boolean {
  if (kind === 'integer' && /^-?\d{1,16}$/.test(text)) return Number(text)
  if (kind === 'number' && /^-?\d{1,16}(?:\.\d{1,16})?$/.test(text)) return Number(text)
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
