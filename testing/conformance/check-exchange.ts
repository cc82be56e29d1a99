/** Holds one request and its answer against the specification. */
import type { Json } from './documents.ts'
import { type Exception, exceptions } from './exceptions.ts'
import type { Operation, Specification, Validator } from './specification.ts'
import { unsupported } from './unsupported.ts'

export type Exchange = {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: string
  /** Undefined where it was no JSON, or longer than is kept. */
  readonly requestBody: Json | undefined
  readonly status: number
  /** Names in small letters. */
  readonly headers: { readonly [name: string]: string | undefined }
  readonly isJson: boolean
  readonly responseBody: Json | undefined
}

export type Verdict = {
  /** Undefined where the specification knows no such operation. */
  readonly operation: Operation | undefined
  readonly violations: readonly Violation[]
}

export type Violation = {
  readonly operation: string
  readonly where: 'request' | 'answer' | 'status' | 'header'
  readonly status: number
  readonly pointer: string
  readonly what: string
}

export function checkExchange(specification: Specification, exchange: Exchange): Verdict {
  const found = specification.find(exchange.method, exchange.path)
  const supported = found.filter(({ id }) => unsupported[id] === undefined)
  const candidates = supported.length > 0 ? supported : found
  const verdicts = candidates.map((operation) => ({
    operation,
    violations: [...violationsOf(specification, operation, exchange)].filter(
      (one) => exceptionFor(one, exchange) === undefined,
    ),
  }))
  const [best] = verdicts.toSorted((a, b) => a.violations.length - b.violations.length)
  return best ?? { operation: undefined, violations: [] }
}

function exceptionFor(violation: Violation, exchange: Pick<Exchange, 'query'>): Exception | undefined {
  return exceptions.find(
    ({ operations, where, statuses, pointer, query }) =>
      operations.includes(violation.operation) &&
      where === violation.where &&
      (statuses === undefined || statuses.includes(violation.status)) &&
      (pointer === undefined || pointer.test(violation.pointer)) &&
      (query === undefined || query.test(exchange.query)),
  )
}

/** Several lines, for the report of a failed test. */
export function describeViolation({ method, path, status }: Exchange, violation: Violation): string {
  const { operation, where, pointer, what } = violation
  const subject = { request: 'The request', answer: 'The answer', status: 'The status', header: 'A header' }[where]
  return `${method} ${path} (${operation}) was answered ${status}. ${subject} is not what the specification says:\n  ${
    pointer === '' ? '' : `${pointer} `
  }${what}`
}

type Found = Pick<Violation, 'where' | 'pointer' | 'what'>

function* violationsOf(specification: Specification, operation: Operation, exchange: Exchange): Iterable<Violation> {
  const { status } = exchange
  for (const found of [
    ...wrongInStatus(specification, operation, exchange),
    ...wrongInHeaders(specification, operation, exchange),
    ...(status < 300 ? wrongInRequest(specification, operation, exchange) : []),
    ...(status < 400
      ? wrongInAnswer(specification, operation, exchange)
      : wrongInError(specification, operation, exchange)),
  ]) {
    yield { operation: operation.id, status, ...found }
  }
}

/**
 * Codes that any operation may answer, though its own list of answers does not say so, by
 * https://spec.matrix.org/v1.19/client-server-api/#standard-error-response and the rules on unknown endpoints below it.
 */
const anywhere: { readonly [status: number]: RegExp } = {
  400: /^(M_(BAD_JSON|NOT_JSON|INVALID_PARAM|MISSING_PARAM|UNKNOWN|BAD_STATE|UNRECOGNIZED)|CHANCERY_\w+)$/,
  401: /^M_(MISSING_TOKEN|UNKNOWN_TOKEN|USER_LOCKED)$/,
  403: /^(M_FORBIDDEN|M_USER_SUSPENDED|CHANCERY_\w+)$/,
  404: /^M_(NOT_FOUND|UNRECOGNIZED)$/,
  405: /^M_UNRECOGNIZED$/,
  408: /^CHANCERY_\w+$/,
  413: /^M_TOO_LARGE$/,
  429: /^M_LIMIT_EXCEEDED$/,
  500: /^(M_UNKNOWN|CHANCERY_\w+)$/,
  503: /^CHANCERY_\w+$/,
}

function* wrongInStatus(specification: Specification, operation: Operation, exchange: Exchange): Iterable<Found> {
  const { status, responseBody } = exchange
  if (specification.response(operation, status) !== undefined) return
  const code = errorCode(responseBody)
  if (anywhere[status]?.test(code ?? '') === true) return
  yield { where: 'status', pointer: '', what: `has no answer ${status}${code === undefined ? '' : ` with ${code}`}` }
}

function* wrongInHeaders(specification: Specification, operation: Operation, exchange: Exchange): Iterable<Found> {
  const { status, headers, isJson } = exchange
  const wanted = specification.response(operation, status)?.headers ?? {}
  for (const [name, { required }] of Object.entries(wanted)) {
    if (required === true && headers[name.toLowerCase()] === undefined) {
      yield { where: 'header', pointer: '', what: `${name} is missing` }
    }
  }
  if (isJson && headers['content-type']?.split(';')[0] !== 'application/json') {
    yield { where: 'header', pointer: '', what: `Content-Type is ${headers['content-type']} and not application/json` }
  }
  if (headers['access-control-allow-origin'] !== '*') {
    yield { where: 'header', pointer: '', what: 'Access-Control-Allow-Origin is not *, so no browser may read it' }
  }
  if (status === 429 && headers['retry-after'] === undefined) {
    yield { where: 'header', pointer: '', what: 'Retry-After is missing' }
  }
}

function wrongInRequest(specification: Specification, operation: Operation, exchange: Exchange): Found[] {
  if (exchange.requestBody === undefined) return []
  return wrongIn(specification.requestValidator(operation), exchange.requestBody, 'request')
}

function wrongInAnswer(specification: Specification, operation: Operation, exchange: Exchange): Found[] {
  const validator = specification.responseValidator(operation, exchange.status)
  if (validator === undefined) return []
  if (!exchange.isJson) return [{ where: 'answer', pointer: '', what: 'is no JSON' }]
  return exchange.responseBody === undefined ? [] : wrongIn(validator, exchange.responseBody, 'answer')
}

/** An error has the shape that its operation gives to that status, or the standard one with a code for any operation. */
function wrongInError(specification: Specification, operation: Operation, exchange: Exchange): Found[] {
  const { status, responseBody } = exchange
  const code = errorCode(responseBody)
  const isStandard = code !== undefined && typeof (responseBody as { error?: Json }).error === 'string'
  if (isStandard && anywhere[status]?.test(code) === true) return []
  const own = specification.responseValidator(operation, status)
  if (own !== undefined && responseBody !== undefined) return wrongIn(own, responseBody, 'answer')
  return isStandard ? [] : [{ where: 'answer', pointer: '', what: 'is no error with errcode and error' }]
}

function errorCode(body: Json | undefined): string | undefined {
  const code = (body as { errcode?: Json } | null | undefined)?.errcode
  return typeof code === 'string' ? code : undefined
}

const shownMax = 3

function wrongIn(validator: Validator | undefined, body: Json, where: 'request' | 'answer'): Found[] {
  if (validator === undefined || validator.Check(body)) return []
  const [, errors] = validator.Errors(body)
  const deepest = errors.toSorted((a, b) => depth(b.instancePath) - depth(a.instancePath))
  const told = deepest.slice(0, shownMax).map(({ instancePath, message }) => ({
    where,
    pointer: instancePath === '' ? '/' : instancePath,
    what: `${message}, and is ${shortened(valueAt(body, instancePath))}`,
  }))
  return told.length > 0 ? told : [{ where, pointer: '/', what: 'does not fit the schema' }]
}

const depth = (pointer: string) => pointer.split('/').length

function valueAt(body: Json, pointer: string): unknown {
  const steps = pointer.split('/').slice(1)
  return steps.reduce<any>((node, step) => node?.[step.replaceAll('~1', '/').replaceAll('~0', '~')], body)
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
