import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import type { Refusal } from '../errors/refusal.ts'
import { FileAnswer, JsonBytes, type Route } from './route.ts'

/** For every answer: the specification's "Web Browser Clients", and nothing in a browser may guess, frame or run it. */
export const apiHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'X-Requested-With, Content-Type, Authorization, Idempotency-Key',
  'access-control-expose-headers': 'Retry-After, ETag, Content-Disposition',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
} as const

const jsonHeaders = { ...apiHeaders, 'content-type': 'application/json', 'cache-control': 'no-store' } as const

type Headers = Record<string, string | number>

function headersFor(base: Readonly<Headers>, mustClose: boolean): Headers {
  const headers: Headers = { ...base }
  if (mustClose) headers.connection = 'close'
  return headers
}

/** Writes what a handler returned, and gives the status. `mustClose` ends the connection with it. */
export function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: unknown,
  mustClose: boolean,
): number {
  if (answer instanceof JsonBytes) return writeBytes(response, answer, mustClose)
  if (answer instanceof FileAnswer) return writeFile(request, response, answer, mustClose)
  return writeJson(response, 200, answer ?? {}, mustClose)
}

export function writeRefusal(
  response: ServerResponse,
  refusal: Refusal,
  mustClose: boolean,
  shape: Route['refusals'] = 'flat',
): number {
  const retryAfterMs = refusal.fields.retry_after_ms
  if (typeof retryAfterMs === 'number') response.setHeader('retry-after', Math.ceil(retryAfterMs / 1000))
  return writeJson(response, refusal.status, refusal.toAnswer(shape), mustClose)
}

export function writeJson(response: ServerResponse, status: number, value: unknown, mustClose: boolean): number {
  const text = JSON.stringify(value)
  const headers = headersFor(jsonHeaders, mustClose)
  headers['content-length'] = Buffer.byteLength(text)
  response.writeHead(status, headers)
  response.end(text)
  return status
}

/** Shared bytes go to the socket without being copied together. */
function writeBytes(response: ServerResponse, answer: JsonBytes, mustClose: boolean): number {
  const { bytes, status } = answer
  const headers = headersFor(jsonHeaders, mustClose)
  if (Buffer.isBuffer(bytes)) {
    headers['content-length'] = bytes.length
    response.writeHead(status, headers)
    response.end(bytes)
    return status
  }
  headers['content-length'] = bytes.reduce((sum, piece) => sum + piece.length, 0)
  response.writeHead(status, headers)
  response.cork()
  for (const piece of bytes) response.write(piece)
  response.end()
  return status
}

function writeFile(request: IncomingMessage, response: ServerResponse, answer: FileAnswer, mustClose: boolean): number {
  const { stream, status } = answer
  const headers = headersFor(apiHeaders, mustClose)
  for (const name in answer.headers) headers[name.toLowerCase()] = answer.headers[name]!
  if (Buffer.isBuffer(stream)) {
    headers['content-length'] ??= stream.length
    response.writeHead(status, headers)
    response.end(stream)
    return status
  }
  response.writeHead(status, headers)
  if (request.method === 'HEAD') {
    stream.destroy()
    response.end()
  } else streamTo(response, stream)
  return status
}

/** When the source fails midway the connection is cut, so that nobody takes half a file for a whole one. */
export function streamTo(response: ServerResponse, source: Readable): void {
  pipeline(source, response, (error) => {
    if (error) response.destroy()
  })
}
