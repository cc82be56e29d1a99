/**
 * Listens to what the HTTP servers of this process hear and say, and holds it against the specification. Each test hears of
 * what it brought about (hooks.ts). The servers and their clients know nothing of it.
 */
import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { checkExchange, describeViolation, type Exchange } from './check-exchange.ts'
import type { Json } from './documents.ts'
import { Specification } from './specification.ts'
import { refused } from './unsupported.ts'

/** The folder of this run: what the set-up read from the specification, and what the test processes exercised. */
export const folderVariable = 'CHANCERY_CONFORMANCE'
export const documentsFile = 'documents.json'
export const exercisedFile = 'exercised.txt'

/** A body that is longer is not looked at. No test needs one that is, except to see it refused. */
const keptBytesMax = 4 * 1024 * 1024

const watched = new Set<number>()
const noted = new Set<string>()
let violations: string[] = []
let specification: Specification | undefined
let checkedCount = 0
let checkedMs = 0

/** From now on the requests to this port are held against the specification, where there is one. */
export function watchPort(port: number): void {
  const folder = process.env[folderVariable]
  if (folder === undefined || !existsSync(join(folder, documentsFile))) return
  if (watched.size === 0 && specification === undefined) {
    specification = new Specification(JSON.parse(readFileSync(join(folder, documentsFile), 'utf8')))
    subscribe('http.server.request.start', (message) => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
      if (watched.has(request.socket.localPort ?? 0)) listen(request, response)
    })
  }
  watched.add(port)
}

/** What went wrong since the last call. */
export function takeViolations(): string[] {
  const taken = [...new Set(violations)]
  violations = []
  return taken
}

/** Writes down for the whole run what this process exercised. */
export function noteExercised(): void {
  const folder = process.env[folderVariable]
  if (folder === undefined || checkedCount === 0) return
  const lines = [...noted, `# ${checkedCount} ${checkedMs}`]
  appendFileSync(join(folder, exercisedFile), `${lines.join('\n')}\n`)
  checkedCount = 0
  checkedMs = 0
}

function listen(request: IncomingMessage, response: ServerResponse): void {
  const [sent, received] = [new Kept(), new Kept()]
  let headers: { [name: string]: string } = {}
  wrap(request, 'push', (push, args) => {
    sent.add(args[0], args[1])
    return push(args)
  })
  wrap(response, 'writeHead', (writeHead, args) => {
    headers = lowerCased(args.find((one) => typeof one === 'object'))
    return writeHead(args)
  })
  wrap(response, 'write', (write, args) => {
    received.add(args[0])
    return write(args)
  })
  wrap(response, 'end', (end, args) => {
    received.add(args[0])
    const ended = end(args)
    // The whole answer is out, and whoever asked cannot have read it yet.
    check(request, response, { ...lowerCased(response.getHeaders()), ...headers }, sent, received)
    return ended
  })
}

/** Puts `around` in the way of one method of one object. */
function wrap(object: any, name: string, around: (original: (args: any[]) => unknown, args: any[]) => unknown): void {
  const method = object[name]
  object[name] = (...args: any[]) => around((passed) => method.apply(object, passed), args)
}

function check(
  request: IncomingMessage,
  response: ServerResponse,
  headers: { [name: string]: string },
  sent: Kept,
  received: Kept,
): void {
  const startedMs = performance.now()
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const responseBody = received.json()
  const exchange: Exchange = {
    method: request.method ?? '',
    path,
    query,
    requestBody: sent.json(),
    status: response.statusCode,
    headers,
    isJson: responseBody !== undefined || received.isOverfull,
    responseBody,
  }
  const verdict = checkExchange(specification as Specification, exchange)
  const { id } = verdict.operation ?? {}
  if (id !== undefined && (response.statusCode < 400 || refused.has(id))) noted.add(id)
  for (const violation of verdict.violations) violations.push(describeViolation(exchange, violation))
  checkedCount++
  checkedMs += performance.now() - startedMs
}

/** The bytes that passed, up to a bound. */
class Kept {
  #bytes = 0
  #chunks: Buffer[] = []

  get isOverfull(): boolean {
    return this.#bytes > keptBytesMax
  }

  add(chunk: unknown, encoding?: BufferEncoding): void {
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) return
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk)
    this.#bytes += bytes.length
    if (this.isOverfull) this.#chunks = []
    else this.#chunks.push(bytes)
  }

  json(): Json | undefined {
    if (this.isOverfull || this.#bytes === 0) return undefined
    try {
      return JSON.parse(Buffer.concat(this.#chunks).toString('utf8')) as Json
    } catch {
      return undefined
    }
  }
}

function lowerCased(headers: OutgoingHttpHeaders = {}): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}
