import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { ErrorCode } from '../errors/codes.ts'
import { type Refusal, refuse } from '../errors/refusal.ts'

type SchemaError = { keyword: string; instancePath: string; params: Record<string, any>; message: string }

/** Undefined when the value fits, else the refusal that names the first thing that is wrong. */
export type Check = (value: unknown) => Refusal | undefined

/** Checks one part of a request. Compiled when it is first needed, since most endpoints of a run are not. */
export function compileCheck(schema: TSchema, part: 'body' | 'query' | 'path'): Check {
  let validator: ReturnType<typeof Compile> | undefined
  return (value) => {
    validator ??= Compile(schema)
    if (validator.Check(value)) return undefined
    return refusalFor(mostTelling(validator.Errors(value) as SchemaError[]), part)
  }
}

/** What is wrong with an answer, for tests; undefined when it fits. */
export function compileAnswerCheck(schema: TSchema): (value: unknown) => string | undefined {
  let validator: ReturnType<typeof Compile> | undefined
  return (value) => {
    validator ??= Compile(schema)
    if (validator.Check(value)) return undefined
    const error = mostTelling(validator.Errors(value) as SchemaError[])
    return `${fieldName(error) || 'the answer'} ${wanted(error)}`
  }
}

/** Of a union's errors the one about the union itself says nothing about the field; the deepest does. */
function mostTelling(errors: SchemaError[]): SchemaError {
  const depth = (error: SchemaError) => error.instancePath.split('/').length
  return errors.toSorted((a, b) => depth(b) - depth(a))[0] ?? { keyword: '', instancePath: '', params: {}, message: '' }
}

function refusalFor(error: SchemaError, part: 'body' | 'query' | 'path'): Refusal {
  const field = fieldName(error)
  const isMissing = error.keyword === 'required'
  const code: ErrorCode =
    part === 'body' ? 'M_BAD_JSON' : isMissing && part === 'query' ? 'M_MISSING_PARAM' : 'M_INVALID_PARAM'
  const what = part === 'body' ? 'field' : 'parameter'
  if (isMissing) return refuse(code, `The ${what} "${field}" is missing. Send it too.`)
  const subject = field === '' ? 'The body' : `The ${what} "${field}"`
  return refuse(code, `${subject} ${wanted(error)}.`)
}

function fieldName(error: SchemaError): string {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const missing = error.keyword === 'required' ? error.params.requiredProperties?.[0] : undefined
  if (missing !== undefined) path.push(missing)
  // What came in is not repeated at length.
  return path.join('.').slice(0, 100)
}

/** "must be a string" and the like, from the words of JSON Schema. */
function wanted({ keyword, params, message }: SchemaError): string {
  if (keyword === 'type') return `must be ${withArticle(params.type)}`
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue)}`
  if (keyword === 'enum')
    return `must be one of ${params.allowedValues?.map((value: unknown) => JSON.stringify(value)).join(', ')}`
  if (keyword === 'anyOf') return 'has a value that is not allowed'
  if (keyword === 'minimum') return `must be at least ${params.limit}`
  if (keyword === 'maximum') return `must be at most ${params.limit}`
  if (keyword === 'maxLength') return `must be at most ${params.limit} characters long`
  if (keyword === 'minLength') return `must be at least ${params.limit} characters long`
  return message === '' ? 'is not of the shape that is needed' : message
}

const articles: Record<string, string> = {
  array: 'a list',
  integer: 'a whole number',
  object: 'an object',
  null: 'null',
}

function withArticle(type: string | string[]): string {
  if (Array.isArray(type)) return type.map(withArticle).join(' or ')
  return articles[type] ?? `a ${type}`
}
