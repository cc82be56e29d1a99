/** Requests made up from the specification: sometimes as it asks, sometimes next to it, sometimes nonsense. */
import fc from 'fast-check'
import type { Json } from './documents.ts'
import type { JsonObject, Operation, Specification } from './specification.ts'

export type MadeUpRequest = {
  readonly operation: string
  readonly method: string
  /** With the query. */
  readonly path: string
  /** As it is sent; undefined for none. */
  readonly body: string | undefined
}

/** What there is on the server, so that not every request ends at something that does not exist. */
export type Known = { readonly [parameter: string]: readonly string[] }

const nasty = [
  ...['', ' ', '\u0000', 'a\u0000b', '../..', '__proto__', 'constructor', '%', '%00', '0', '-1', '1e9', 'NaN', 'null'],
  ...['!', '$', '@', '#', '@:', '!x:y', '\u202e\u200b', '9'.repeat(30), 'x'.repeat(300), 'é'.repeat(200), '{', '[]'],
  ...['{"limit":-1}', '{"room":7}', 's0_0', 's9007199254740991_0', 't-1', 'mxc://x/y', 'http://[::1]:22/'],
]
const bodyDepthMax = 5
/** A question that waits would only wait. */
const waitMsMax = 30

const text = fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 20 }))
const junk: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.constantFrom<Json[]>(null, true, 0, -1, 1.5, 2 ** 60, -(2 ** 53), 1e308, [], {}, [null], [[[]]], { a: { b: {} } }),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
)

export function arbitraryRequest(
  specification: Specification,
  operations: readonly Operation[],
  known: Known,
): fc.Arbitrary<MadeUpRequest> {
  return fc.constantFrom(...operations).chain((operation) => {
    const { parameters = [], requestBody } = specification.definition(operation) as unknown as Definition
    const path = fc.record(fromEntries(inPath(operation).map((name) => [name, parameter(name, known)])))
    const inQuery = parameters.filter((one) => one.in === 'query')
    // Who follows a room without saying for how long waits for half a minute.
    const requiredKeys = inQuery.map(({ name }) => name).filter((name) => name === 'timeout')
    const query = fc.record(fromEntries(inQuery.map(({ name }) => [name, queryValue(name, known)])), { requiredKeys })
    const schema = requestBody?.content?.['application/json']?.schema
    return fc.tuple(path, query, body(schema, known)).map(([names, asked, sent]) => ({
      operation: operation.id,
      method: operation.method,
      path: fill(operation.path, names) + queryText(asked),
      body: operation.method === 'GET' || operation.method === 'DELETE' ? undefined : sent,
    }))
  })
}

type Definition = {
  parameters?: readonly { in: string; name: string }[]
  requestBody?: { content?: { [type: string]: { schema?: Json } } }
}

function inPath({ path }: Operation): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
}

function parameter(name: string, known: Known): fc.Arbitrary<string> {
  const values = known[name]
  if (values === undefined) return text
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: text })
}

/** Milliseconds. */
const waits = fc.constantFrom(0, -1, waitMsMax)

function queryValue(name: string, known: Known): fc.Arbitrary<string> {
  if (name === 'timeout') return fc.constantFrom('0', '-1', 'abc', '1.5', String(waitMsMax))
  return fc.oneof(parameter(name, known), fc.constantFrom('b', 'f', 'true', '10', 'join', 'room_id'))
}

function body(schema: Json | undefined, known: Known): fc.Arbitrary<string | undefined> {
  const json = (values: fc.Arbitrary<unknown>) => values.map((value) => JSON.stringify(value))
  return fc.oneof(
    { weight: 14, arbitrary: json(wishFor(schema ?? {}, known, bodyDepthMax)) },
    { weight: 3, arbitrary: json(junk) },
    { weight: 2, arbitrary: fc.constantFrom('', '{', '{"a":1,}', '\ufeff{}', '"\\ud800"', '[[[[', 'NaN') },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
}

/** Values that mostly fit the schema: one in ten is something else. */
function wishFor(schema: Json, known: Known, depth: number): fc.Arbitrary<unknown> {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema) || depth === 0) return junk
  return fc.oneof({ weight: 9, arbitrary: fitting(schema, known, depth) }, { weight: 1, arbitrary: junk })
}

function fitting(schema: JsonObject, known: Known, depth: number): fc.Arbitrary<unknown> {
  const options = (schema.oneOf ?? schema.anyOf) as Json[] | undefined
  if (options !== undefined) return fc.oneof(...options.map((one) => wishFor(one, known, depth - 1)))
  if (schema.allOf !== undefined) return objectOf(merged(schema), known, depth)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'object' || schema.properties !== undefined) return objectOf(schema, known, depth)
  if (type === 'array') return fc.array(wishFor(schema.items ?? {}, known, depth - 1), { maxLength: 3 })
  if (type === 'integer') return fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer(), fc.constant(2 ** 53))
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true })
  if (type === 'boolean') return fc.boolean()
  if (type === 'string') return fc.oneof(text, fc.constantFrom(...Object.values(known).flat()))
  return junk
}

function merged(schema: JsonObject): JsonObject {
  const parts = (schema.allOf as JsonObject[]).map((part) => (part.allOf === undefined ? part : merged(part)))
  const properties = Object.assign({}, ...parts.map((part) => part.properties), schema.properties)
  const required = [...parts, schema].flatMap((part) => (part.required as string[] | undefined) ?? [])
  return { properties, required }
}

function objectOf(schema: JsonObject, known: Known, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as JsonObject)
  const named = fromEntries(
    properties.map(([name, one]) => {
      if (name === 'timeout') return [name, waits]
      const own = known[name] === undefined ? [] : [{ weight: 3, arbitrary: fc.constantFrom(...known[name]) }]
      return [name, fc.oneof({ weight: 3, arbitrary: wishFor(one, known, depth - 1) }, ...own)]
    }),
  )
  const required = ((schema.required ?? []) as string[]).filter((name) => name in named)
  const record = fc.record(named, { requiredKeys: required })
  const others = schema.additionalProperties ?? Object.values((schema.patternProperties ?? {}) as JsonObject)[0]
  if (others === undefined && properties.length > 0) return record
  const names = fc.oneof(text, fc.constantFrom(...Object.values(known).flat()))
  const rest = fc.dictionary(names, wishFor(others ?? {}, known, depth - 1), { maxKeys: 3 })
  return fc.tuple(record, rest).map(([fixed, more]) => ({ ...more, ...fixed }))
}

function fromEntries<T>(entries: readonly (readonly [string, T])[]): { [name: string]: T } {
  return Object.fromEntries(entries)
}

function fill(template: string, names: { [name: string]: string }): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent((names[name] ?? '').toWellFormed()))
}

function queryText(asked: { [name: string]: string | undefined }): string {
  const query = new URLSearchParams(
    Object.entries(asked).filter(([, value]) => value !== undefined) as [string, string][],
  )
  return query.size === 0 ? '' : `?${query}`
}
