import type { IncomingMessage, ServerResponse } from 'node:http'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type Clock, systemClock } from '../clock.ts'
import { Refusal, refuse } from '../errors/refusal.ts'
import { limits, type RateChanges } from '../limits.ts'
import { isLost, isUnstorable } from '../postgres/errors.ts'
import { type Random, systemRandom } from '../random.ts'
import { type Logger, silentLogger } from '../telemetry/logger.ts'
import type { RequestMetrics } from '../telemetry/metrics.ts'
import { SealBroken } from '../vault/errors.ts'
import { writeAnswer, writeJson, writeRefusal } from './answers.ts'
import { bodyOrAbsent, type Endpoint, prepareEndpoint } from './endpoint.ts'
import { readBytes, readJsonBody } from './json-body.ts'
import { answerBrokenRequest, createListener } from './listener.ts'
import { brokenUrl, checkParams, type Query, readQuery } from './query.ts'
import { createRateLimits } from './rate-limits.ts'
import { ReadRequest, WaitingRequests } from './request.ts'
import type { Gate, HttpServer, Route } from './route.ts'
import { StaticFiles } from './static-files.ts'

export type HttpLimits = {
  readonly bodyBytesMax: number
  readonly requestTimeoutMs: number
  readonly uploadTimeoutMs: number
  readonly headersTimeoutMs: number
  readonly timeoutCheckMs: number
  readonly refusedBodyMs: number
  readonly drainMs: number
}

export type HttpDeps = {
  readonly gate: Gate
  readonly clock?: Clock
  readonly random?: Random
  readonly logger?: Logger
  readonly metrics?: RequestMetrics
  /** Instead of the table's, for tests. */
  readonly limits?: Partial<HttpLimits>
  /** Addresses or networks (CIDR) of proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies?: readonly string[]
  /** Off is for tests only; otherwise what a setting says instead of the table of rates. */
  readonly rateLimits?: boolean | RateChanges
  /** Holds each answer against its route's schema; for tests. */
  readonly checkAnswers?: boolean
  /** For /health/ready: whether everything that requests need answers. */
  readonly isReady?: () => boolean | Promise<boolean>
}

export function createHttp(deps: HttpDeps): HttpServer {
  return new FastifyHttpServer(deps)
}

class FastifyHttpServer implements HttpServer {
  readonly #deps: HttpDeps
  readonly #limits: HttpLimits
  readonly #logger: Logger
  readonly #rates: ReturnType<typeof createRateLimits> | undefined
  readonly #routes: Route[] = []
  readonly #patterns = new Map<string, RegExp>()
  readonly #folders: StaticFiles[] = []
  readonly #waiting = new WaitingRequests()
  readonly #app: FastifyInstance
  #isStopping = false

  constructor(deps: HttpDeps) {
    this.#deps = deps
    this.#limits = { ...limits, ...deps.limits }
    this.#logger = deps.logger ?? silentLogger
    this.#rates =
      deps.rateLimits === false ? undefined : createRateLimits(deps.clock ?? systemClock, changesOf(deps.rateLimits))
    this.#app = this.#createApp(deps)
    this.#addHealth()
  }

  /** Fastify finds the route and nothing more: its parsers, validators and serializers change what passes. */
  #createApp({ trustedProxies = [], random = systemRandom }: HttpDeps): FastifyInstance {
    const start = random.token(6)
    let count = 0
    const app = Fastify({
      serverFactory: (listener) => createListener(listener, this.#limits),
      clientErrorHandler: answerBrokenRequest,
      frameworkErrors: (_error, request, reply) => this.#refuse(request, reply, brokenUrl()),
      trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
      genReqId: () => `${start}-${(count++).toString(36)}`,
      forceCloseConnections: false,
      return503OnClosing: false,
      bodyLimit: Number.MAX_SAFE_INTEGER,
      routerOptions: {
        maxParamLength: limits.paramLengthMax,
        // The query is read with its route's schema at hand.
        querystringParser: () => noQuery,
      },
    })
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.setErrorHandler((error, request, reply) => this.#fail(request, reply, error))
    app.setNotFoundHandler((request, reply) => this.#answerUnknown(request, reply))
    return app
  }

  add(routes: readonly Route[]): void {
    for (const route of routes) {
      const endpoint = prepareEndpoint(route, this.#deps.checkAnswers === true)
      this.#routes.push(route)
      for (const path of typeof route.path === 'string' ? [route.path] : route.path) {
        this.#app.route({
          method: route.method,
          url: path,
          handler: (request, reply) => this.#serve(endpoint, request, reply),
        })
        this.#remember(path)
      }
    }
  }

  routes(): readonly Route[] {
    return this.#routes
  }

  serveFolder(prefix: string, folder: string): void {
    this.#folders.push(new StaticFiles(prefix, folder))
  }

  async listen(host: string, port: number): Promise<{ port: number }> {
    await this.#app.listen({ host, port })
    const address = this.#app.server.address()
    return { port: typeof address === 'object' && address !== null ? address.port : port }
  }

  async close(): Promise<void> {
    this.#isStopping = true
    this.#waiting.stop()
    const cut = setTimeout(() => this.#app.server.closeAllConnections(), this.#limits.drainMs)
    const closed = this.#app.close()
    this.#app.server.closeIdleConnections()
    await closed
    clearTimeout(cut)
  }

  async #serve(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const startedMs = performance.now()
    reply.hijack()
    const { raw } = request
    let status: number
    try {
      const answer = await this.#handle(endpoint, request, reply.raw)
      endpoint.checkAnswer?.(answer)
      status = reply.raw.destroyed ? 499 : writeAnswer(raw, reply.raw, answer, this.#isStopping)
    } catch (error) {
      status = this.#writeFailure(error, request, reply.raw, endpoint.route)
    }
    if (!raw.complete) this.#discardRest(raw, reply.raw)
    this.#deps.metrics?.requestEnded(endpoint.route.operation, status, performance.now() - startedMs)
  }

  /** The way of a request: who, how often, what. A body is read only for those who may send one. */
  async #handle(endpoint: Endpoint, request: FastifyRequest, response: ServerResponse): Promise<unknown> {
    if (this.#isStopping) throw refuse('CHANCERY_STOPPING', 'The server is stopping. Try again in a moment.')
    const { route, rateBy } = endpoint
    const { raw, ip } = request
    if (rateBy === 'address') this.#rates?.take(route.rate!, ip)
    const params = request.params as Record<string, string>
    checkParams(params)
    const query = readQuery(raw.url!, endpoint.queryPlan)
    const accessToken = endpoint.hasOwnToken ? undefined : takeAccessToken(raw, query)
    const caller = await this.#admit(route.needs, { accessToken, ip, userAgent: raw.headers['user-agent'] })
    if (rateBy === 'person') this.#rates?.take(route.rate!, caller?.userId ?? caller?.programId ?? ip)
    const wrong = endpoint.checkParams?.(params) ?? endpoint.checkQuery?.(query)
    if (wrong !== undefined) throw wrong
    let body: unknown
    if (endpoint.bodyKind === 'json') {
      body = bodyOrAbsent(endpoint, await readJsonBody(raw, bodyLimits(this.#limits, route)))
      const wrongBody = endpoint.checkBody?.(body)
      if (wrongBody !== undefined) throw wrongBody
    } else if (endpoint.bodyKind === 'bytes') body = await readBytes(raw, bodyLimits(this.#limits, route))
    const read = { params, query, body, caller, ip, requestId: request.id }
    return route.handle(new ReadRequest(read, raw, response, this.#waiting, endpoint.bodyKind === 'stream'))
  }

  /** Tokens that nobody was given are counted, so that nobody goes on guessing. */
  async #admit(needs: string, request: Parameters<Gate['admit']>[1]): Promise<any> {
    try {
      return await this.#deps.gate.admit(needs, request)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'M_UNKNOWN_TOKEN') this.#rates?.take('badToken', request.ip)
      throw error
    }
  }

  #writeFailure(
    error: unknown,
    request: FastifyRequest,
    response: ServerResponse,
    route: Pick<Route, 'operation' | 'refusals' | 'refused'>,
  ): number {
    const { operation } = route
    const refusal = error instanceof Refusal ? error : refusalOf(error)
    const requestId = request.id
    if (refusal === undefined || refusal.status >= 500) {
      const { code, detail } = refusal ?? {}
      const more = { ...(code !== undefined && { code }), ...(detail !== undefined && { detail }) }
      this.#logger.error('http.request_failed', { operation, requestId, ...more, error })
    } else if (refusal.detail !== undefined) {
      const { code, status, detail } = refusal
      this.#logger.info('http.request_refused', { operation, requestId, code, status, detail })
    }
    // The client has left, or half an answer is out: only cutting the connection tells the truth.
    if (response.destroyed || response.headersSent) {
      response.destroy()
      return refusal?.status ?? 500
    }
    const answer =
      refusal ?? refuse('M_UNKNOWN', `Something went wrong here. Try again, and report it as ${requestId} if it stays.`)
    const mustClose = this.#isStopping || answer.status === 408
    const page = route.refused?.(answer, request.headers as Record<string, string | undefined>)
    if (page !== undefined) return writeAnswer(request.raw, response, page, mustClose)
    return writeRefusal(response, answer, mustClose, route.refusals)
  }

  /** What is left of a body that nobody wants is read and thrown away; one that does not end is cut. */
  #discardRest(raw: IncomingMessage, response: ServerResponse): void {
    raw.resume()
    const timer = setTimeout(() => {
      if (!raw.complete) raw.socket.destroy()
    }, this.#limits.refusedBodyMs)
    timer.unref()
    raw.once('end', () => clearTimeout(timer))
    response.once('close', () => raw.complete && clearTimeout(timer))
  }

  #refuse(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): void {
    reply.hijack()
    const status = writeRefusal(reply.raw, refusal, this.#isStopping)
    if (!request.raw.complete) this.#discardRest(request.raw, reply.raw)
    this.#deps.metrics?.requestEnded('none', status, 0)
  }

  /** Fastify's own refusals, of a malformed content type say. */
  #fail(request: FastifyRequest, reply: FastifyReply, error: unknown): void {
    reply.hijack()
    const { statusCode } = error as { statusCode?: number }
    const isTheirs = statusCode !== undefined && statusCode >= 400 && statusCode < 500
    const refusal = refuse('M_NOT_JSON', 'The request could not be read. Send application/json in UTF-8.', {
      ...(statusCode !== undefined && { status: statusCode }),
    })
    this.#writeFailure(isTheirs ? refusal : error, request, reply.raw, { operation: 'none' })
    if (!request.raw.complete) this.#discardRest(request.raw, reply.raw)
  }

  #answerUnknown(request: FastifyRequest, reply: FastifyReply): void {
    const pathname = request.raw.url!.split(/[?#]/, 1)[0]!
    for (const folder of this.#folders) {
      if (folder.answer(request.raw, reply.raw, pathname) === undefined) continue
      reply.hijack()
      return
    }
    const known = [...this.#patterns.values()].some((pattern) => pattern.test(pathname))
    const refusal = known
      ? refuse('M_UNRECOGNIZED', 'This endpoint does not know this method.', { status: 405 })
      : refuse('M_UNRECOGNIZED', 'There is no such endpoint on this server.')
    this.#refuse(request, reply, refusal)
  }

  /** For telling an unknown path from an unknown method. */
  #remember(path: string): void {
    const source = path
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]*' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('/')
    if (!this.#patterns.has(source)) this.#patterns.set(source, new RegExp(`^${source}$`))
  }

  #addHealth(): void {
    this.#app.get('/health/live', (_request, reply) => {
      reply.hijack()
      writeJson(reply.raw, 200, { live: true }, this.#isStopping)
    })
    this.#app.get('/health/ready', async (_request, reply) => {
      reply.hijack()
      const ready = !this.#isStopping && (await this.#isReady())
      writeJson(reply.raw, ready ? 200 : 503, { ready }, this.#isStopping)
    })
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await this.#deps.isReady?.()) ?? true
    } catch (error) {
      this.#logger.warn('http.not_ready', { error })
      return false
    }
  }
}

function changesOf(rateLimits: boolean | RateChanges | undefined): { changes?: RateChanges } {
  return typeof rateLimits === 'object' ? { changes: rateLimits } : {}
}

/** What may happen anywhere is refused in the same words, wherever it was met. */
function refusalOf(error: unknown): Refusal | undefined {
  if (isLost(error)) {
    return refuse('CHANCERY_UNAVAILABLE', 'The database of this server does not answer. Try again in a moment.', {
      cause: error,
    })
  }
  if (isUnstorable(error)) {
    return refuse('M_INVALID_PARAM', 'A text holds the character U+0000, which cannot be stored. Leave it out.')
  }
  if (!(error instanceof SealBroken)) return undefined
  const sentence =
    'What is stored here was changed or damaged on the server and is not shown. Tell those who run the server.'
  return refuse('CHANCERY_UNREADABLE', sentence, { cause: error })
}

const noQuery = Object.freeze({})

/** The header counts; the deprecated query parameter is read when there is none, and never reaches a handler. */
function takeAccessToken(raw: IncomingMessage, query: Query): string | undefined {
  const inQuery = query.access_token
  delete query.access_token
  const { authorization } = raw.headers
  if (authorization !== undefined) {
    return /^bearer /i.test(authorization) ? authorization.slice('bearer '.length).trim() : undefined
  }
  return typeof inQuery === 'string' ? inQuery : undefined
}

function bodyLimits(limits: HttpLimits, { bodyBytesMax }: Route): HttpLimits {
  return bodyBytesMax === undefined ? limits : { ...limits, bodyBytesMax }
}
