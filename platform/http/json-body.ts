import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { type Refusal, refuse } from '../errors/refusal.ts'
import { limits } from '../limits.ts'

export type BodyLimits = { readonly bodyBytesMax: number; readonly requestTimeoutMs: number }

const jsonTypes = /^\s*(?:application\/(?:[a-z0-9.+-]+\+)?json|text\/plain|application\/octet-stream)\s*(?:;|$)/i
const foreignCharset = /charset\s*=\s*"?(?!utf-?8\b|us-ascii\b)/i

/**
 * Reads and parses a JSON body. Undefined when it is empty.
 *
 * Matrix clients send no content type, or a wrong one, so that only types are refused which certainly are not JSON.
 */
export async function readJsonBody(request: IncomingMessage, bounds: BodyLimits): Promise<unknown> {
  const { headers } = request
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return undefined
  if (headers['content-length'] === '0') return undefined
  const type = headers['content-type']
  if (type !== undefined && type !== 'application/json' && (!jsonTypes.test(type) || foreignCharset.test(type))) {
    throw refuse('M_NOT_JSON', 'The body is of a kind that is not read here. Send application/json in UTF-8.', {
      status: 415,
    })
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw refuse('M_NOT_JSON', 'The body is compressed. Send it as it is.', { status: 415 })
  }
  return parseJson(await readBytes(request, bounds))
}

/** Parses JSON without a reviver or a filter, so that `__proto__` stays a key like any other. Undefined when empty. */
export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  if (!isUtf8(bytes)) throw refuse('M_NOT_JSON', 'The body is not valid UTF-8. Send JSON in UTF-8.')
  if (bytes.length > 2 * limits.jsonDepthMax && isTooDeep(bytes)) {
    throw refuse('M_BAD_JSON', `The body is nested more than ${limits.jsonDepthMax} levels deep. Send a flatter one.`)
  }
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw refuse('M_NOT_JSON', 'The body is not valid JSON. Send a JSON object.')
  }
}

const quote = 0x22
const backslash = 0x5c

/** Looks at bytes only: what is no JSON at all is found by the parser afterwards. */
function isTooDeep(bytes: Buffer): boolean {
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) at = endOfString(bytes, at)
    // [ and {, ] and } differ in one bit.
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > limits.jsonDepthMax) return true
    } else if (byte === 0x5d || byte === 0x7d) depth--
  }
  return false
}

/** Index of the closing quote, found by the native search: most of a large body is text. */
function endOfString(bytes: Buffer, start: number): number {
  for (let at = start + 1; ; at++) {
    at = bytes.indexOf(quote, at)
    if (at === -1) return bytes.length
    let escapes = 0
    while (bytes[at - 1 - escapes] === backslash) escapes++
    if (escapes % 2 === 0) return at
  }
}

function tooLarge(bytesMax: number): Refusal {
  return refuse('M_TOO_LARGE', `The body is larger than the ${bytesMax} bytes that are allowed. Send less at once.`)
}

/** A body of any kind, whole. Empty when there is none. */
export function readBytes(request: IncomingMessage, bounds: BodyLimits): Promise<Buffer> {
  const { bodyBytesMax, requestTimeoutMs } = bounds
  if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) return Promise.reject(tooLarge(bodyBytesMax))
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => {
      const message = 'The request did not arrive in time. Check the connection, then send it again.'
      settle(refuse('M_UNKNOWN', message, { status: 408 }))
    }, requestTimeoutMs)

    function settle(refusal: Error | undefined): void {
      clearTimeout(timer)
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      if (refusal === undefined) resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length))
      else reject(refusal)
    }
    function onData(chunk: Buffer): void {
      length += chunk.length
      if (length > bodyBytesMax) settle(tooLarge(bodyBytesMax))
      else chunks.push(chunk)
    }
    function onEnd(): void {
      settle(undefined)
    }
    function onClose(): void {
      settle(refuse('M_UNKNOWN', 'The connection was closed before the request was complete.', { status: 400 }))
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignore)
    if (request.destroyed && !request.complete) onClose()
  })
}

/** 'close' follows every error and settles the matter. */
function ignore(): void {}
