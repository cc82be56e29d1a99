import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { limits } from '../limits.ts'
import { checkedAddresses, type IsPublic, isPublic, type Lookup, systemLookup } from './addresses.ts'
import { acceptedEncodings, readBody } from './body.ts'
import { type Destination, destinationOf, type Rules } from './destination.ts'
import { type Outbound, type OutboundAnswer, OutboundFailed, type OutboundWish } from './types.ts'

// Where the guard stands: an address in a URL is checked before a connection is asked for, and a name is looked up by
// the connection itself, through `lookup` below, which hands over checked addresses only. Between the check and the
// connection nobody asks again, so an answer that changes in the meantime changes nothing; and a connection that is
// kept open can serve its own origin only.

export type OutboundDeps = {
  /**
   * Origins (`https://push.agency.example`) whose address and port are not questioned. 'all' is for programs that stand for
   * the outside themselves, and never for a server with people on it.
   */
  readonly allowedOrigins: readonly string[] | 'all'
  /** Connections to one origin, where it is not as usual. */
  readonly socketsPerOriginMax?: number
  readonly lookup?: Lookup
  /** Tests only: another opinion on which addresses are public. */
  readonly isPublic?: IsPublic
  /** Tests only: other ports than those of http and https. */
  readonly ports?: readonly number[]
}

type Headers = Readonly<Record<string, string>>

export function createOutbound(deps: OutboundDeps): Outbound {
  return new GuardedOutbound(deps)
}

const redirectsUsual = 3
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function keptOpen(socketsPerOriginMax: number) {
  return {
    keepAlive: true,
    maxSockets: socketsPerOriginMax,
    maxTotalSockets: Math.max(limits.outboundSocketsMax, socketsPerOriginMax),
    maxFreeSockets: socketsPerOriginMax,
    timeout: limits.outboundKeepAliveMs,
  }
}

class GuardedOutbound implements Outbound {
  readonly #rules: Rules
  readonly #lookup: Lookup
  // Agents of our own: Node's common ones follow the proxy variables of the environment.
  readonly #http: HttpAgent
  readonly #https: HttpsAgent

  constructor(deps: OutboundDeps) {
    this.#rules = {
      allowedOrigins: allowedIn(deps.allowedOrigins),
      ports: new Set(deps.ports ?? [80, 443]),
      isPublic: deps.isPublic ?? isPublic,
    }
    this.#lookup = deps.lookup ?? systemLookup
    const agentOptions = keptOpen(deps.socketsPerOriginMax ?? limits.outboundSocketsPerOriginMax)
    this.#http = new HttpAgent(agentOptions)
    this.#https = new HttpsAgent(agentOptions)
  }

  async request(wish: OutboundWish): Promise<OutboundAnswer> {
    const deadline = AbortSignal.timeout(wish.timeoutMs)
    const signal = wish.signal === undefined ? deadline : AbortSignal.any([deadline, wish.signal])
    try {
      wish.signal?.throwIfAborted()
      return await this.#follow(wish, signal)
    } catch (error) {
      if (error instanceof OutboundFailed) throw error
      if (wish.signal?.aborted) throw wish.signal.reason
      throw new OutboundFailed(deadline.aborted ? 'timed-out' : failureOf(error), error)
    }
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }

  async #follow(wish: OutboundWish, signal: AbortSignal): Promise<OutboundAnswer> {
    const redirectsMax = wish.redirectsMax ?? redirectsUsual
    let destination = destinationOf(wish.url, this.#rules)
    let headers = headersOf(wish)
    for (let redirects = 0; ; redirects += 1) {
      if (wish.isWanted?.(destination.url.hostname) === false) throw new OutboundFailed('forbidden')
      const response = await this.#ask(wish, destination, headers, signal)
      const location = wish.method === 'GET' ? redirectOf(response) : undefined
      if (location === undefined) return answerOf(response, destination.url, wish)
      response.destroy()
      if (redirects === redirectsMax) throw new OutboundFailed('redirects')
      const next = destinationOf(location, this.#rules, destination.url)
      if (next.url.origin !== destination.url.origin) headers = withoutCredentials(headers)
      destination = next
    }
  }

  #ask(
    { method, body }: OutboundWish,
    { url, isAllowed }: Destination,
    headers: Headers,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const isTls = url.protocol === 'https:'
    return new Promise((resolve, reject) => {
      const options = {
        method,
        headers,
        signal,
        lookup: this.#lookupFor(isAllowed),
        maxHeaderSize: limits.headerBytesMax,
        insecureHTTPParser: false,
      }
      const request = isTls
        ? httpsRequest(url, { ...options, agent: this.#https, rejectUnauthorized: true })
        : httpRequest(url, { ...options, agent: this.#http })
      let isAnswered = false
      request.on('response', (response) => {
        isAnswered = true
        resolve(response)
      })
      request.on('error', reject)
      // Some ends come without an error, such as a change of protocol that nobody asked for. (An error costs its stack.)
      request.on('close', () => {
        if (!isAnswered) reject(new OutboundFailed('unreachable'))
      })
      request.end(body)
    })
  }

  #lookupFor(isAllowed: boolean): LookupFunction {
    const deps = { lookup: this.#lookup, isPublic: isAllowed ? () => true : this.#rules.isPublic }
    return (name, options, callback) => {
      checkedAddresses(name, deps).then(
        (addresses) => {
          if (options.all) callback(null, [...addresses])
          else callback(null, addresses[0]!.address, addresses[0]!.family)
        },
        (error: Error) => callback(error, []),
      )
    }
  }
}

function allowedIn(origins: OutboundDeps['allowedOrigins']): Rules['allowedOrigins'] {
  return origins === 'all' ? { has: () => true } : new Set(origins.map((origin) => new URL(origin).origin))
}

async function answerOf(response: IncomingMessage, url: URL, wish: OutboundWish): Promise<OutboundAnswer> {
  const { bytesMax, whenLarger = 'refuse' } = wish
  const { 'set-cookie': _, ...headers } = response.headers
  const body = await readBody(response, { bytesMax, whenLarger })
  return { status: response.statusCode!, headers: headers as Record<string, string>, body, url: url.href }
}

function redirectOf(response: IncomingMessage): string | undefined {
  return redirectStatuses.has(response.statusCode!) ? response.headers.location : undefined
}

const ours: ReadonlySet<string> = new Set([
  ...['accept-encoding', 'connection', 'content-length', 'cookie', 'expect', 'host', 'keep-alive'],
  ...['proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
])

function headersOf(wish: OutboundWish): Headers {
  const headers: Record<string, string> = { 'user-agent': 'Chancery', 'accept-encoding': acceptedEncodings }
  for (const [name, value] of Object.entries(wish.headers ?? {})) {
    if (ours.has(name.toLowerCase())) throw new TypeError(`The header ${name} cannot be set.`)
    headers[name.toLowerCase()] = value
  }
  return headers
}

/** Told to the origin they were meant for and to nobody that it points at. */
function withoutCredentials({ authorization: _, ...headers }: Headers): Headers {
  return headers
}

/** Node's errors: of the parser (HPE_), of decompression (Z_, ERR_BROTLI…), of the connection. */
function failureOf(error: unknown): 'bad-answer' | 'unreachable' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(HPE_|Z_|ERR_.*(BROTLI|_ERROR_FORMAT))/.test(code) ? 'bad-answer' : 'unreachable'
}
