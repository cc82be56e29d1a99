import type { TSchema } from 'typebox'
import { refuse } from '../errors/refusal.ts'
import { rates } from '../limits.ts'
import { planQuery, type QueryPlan } from './query.ts'
import { FileAnswer, JsonBytes, type Route } from './route.ts'
import { type Check, compileAnswerCheck, compileCheck } from './validation.ts'

/** A route with all that can be worked out before the first request. */
export type Endpoint = {
  readonly route: Route
  readonly bodyKind: 'json' | 'bytes' | 'stream' | 'none'
  readonly queryPlan: QueryPlan
  /** Whether its query asks for an access token that is not one of this server's sign-ins. */
  readonly hasOwnToken: boolean
  readonly checkParams: Check | undefined
  readonly checkQuery: Check | undefined
  readonly checkBody: Check | undefined
  /** Whom the route's rate counts. */
  readonly rateBy: 'person' | 'address' | undefined
  readonly checkAnswer: ((answer: unknown) => void) | undefined
}

export function prepareEndpoint(route: Route, checkAnswers: boolean): Endpoint {
  return {
    route,
    bodyKind: route.bodyKind ?? defaultBodyKind(route),
    queryPlan: planQuery(route.query),
    hasOwnToken: Object.hasOwn((route.query as { properties?: object } | undefined)?.properties ?? {}, 'access_token'),
    checkParams: route.params && compileCheck(route.params, 'path'),
    checkQuery: route.query && compileCheck(route.query, 'query'),
    checkBody: route.body && compileCheck(route.body, 'body'),
    rateBy: rateBy(route),
    checkAnswer: checkAnswers && route.answer !== undefined ? answerCheck(route.operation, route.answer) : undefined,
  }
}

function defaultBodyKind(route: Route): 'json' | 'none' {
  return route.body !== undefined || route.method === 'PUT' || route.method === 'POST' ? 'json' : 'none'
}

function rateBy({ rate, needs, operation }: Route): 'person' | 'address' | undefined {
  if (rate === undefined) return undefined
  if (rates[rate] === undefined)
    throw new Error(`The route ${operation} names the rate "${rate}", which is in no table.`)
  return needs === 'nobody' ? 'address' : rates[rate].per
}

/** Throws when a handler answers something else than its route says. */
function answerCheck(operation: string, schema: TSchema): (answer: unknown) => void {
  const wrongIn = compileAnswerCheck(schema)
  return (answer) => {
    if (answer instanceof FileAnswer) return
    const wrong = wrongIn(answer instanceof JsonBytes ? parsed(answer) : JSON.parse(JSON.stringify(answer ?? {})))
    if (wrong !== undefined) throw new Error(`The answer of ${operation} is not what its route says: ${wrong}.`)
  }
}

function parsed({ bytes }: JsonBytes): unknown {
  return JSON.parse((Buffer.isBuffer(bytes) ? bytes : Buffer.concat(bytes)).toString('utf8'))
}

/** A body that is absent is an empty object for POST, whose bodies Matrix lets clients leave out; a PUT says what to put. */
export function bodyOrAbsent(endpoint: Endpoint, body: unknown): unknown {
  if (body !== undefined || endpoint.checkBody === undefined) return body
  if (endpoint.route.method === 'PUT') {
    throw refuse('M_NOT_JSON', 'The request has no body. Send a JSON object.')
  }
  return {}
}
