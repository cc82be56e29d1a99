import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Refusal } from '../errors/refusal.ts'
import { refuse } from '../errors/refusal.ts'
import { limits } from '../limits.ts'
import { apiHeaders, writeRefusal } from './answers.ts'

export type ListenerLimits = {
  readonly headersTimeoutMs: number
  readonly uploadTimeoutMs: number
  readonly timeoutCheckMs: number
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Node's HTTP server with its bounds set on purpose and with what is wrong for every path refused before routing. */
export function createListener(listener: Listener, bounds: ListenerLimits): Server {
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytesMax,
      // JSON bodies have a shorter time of their own; this one is for uploads.
      requestTimeout: bounds.uploadTimeoutMs,
      headersTimeout: bounds.headersTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: bounds.timeoutCheckMs,
      insecureHTTPParser: false,
      noDelay: true,
    },
    (request, response) => {
      const wrong = wrongForEveryPath(request)
      if (wrong !== undefined) writeRefusal(response, wrong, true)
      else if (request.method === 'OPTIONS') writePreflight(response)
      else listener(request, response)
    },
  )
  server.maxConnections = limits.connectionsMax
  return server
}

function wrongForEveryPath(request: IncomingMessage): Refusal | undefined {
  const { rawHeaders, url, method } = request
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  // Two hosts, or another one in the address: a proxy in front and this server would disagree about what was asked.
  if (hosts > 1) return refuse('M_INVALID_PARAM', 'The request names two hosts. Send one Host header.')
  if (url?.charCodeAt(0) !== 0x2f && !(method === 'OPTIONS' && url === '*')) {
    return refuse('M_INVALID_PARAM', 'The address must begin with a slash.')
  }
  return undefined
}

function writePreflight(response: ServerResponse): void {
  response.writeHead(204, { ...apiHeaders, 'access-control-max-age': '86400', 'content-length': '0' })
  response.end()
}

/** What is not HTTP, or took too long: an answer in the form of Matrix, written by hand since there is no request. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  const inFlight = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage
  if (!socket.writable || error.code === 'ECONNRESET' || inFlight?.headersSent === true) {
    socket.destroy()
    return
  }
  const [status, reason, message]: [number, string, string] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout', 'The request did not arrive in time. Check the connection, then send it again.']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [
            431,
            'Request Header Fields Too Large',
            'The head of the request is too long. Send fewer or shorter headers.',
          ]
        : [400, 'Bad Request', 'The request is not valid HTTP.']
  const body = JSON.stringify({ errcode: 'M_UNKNOWN', error: message })
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Access-Control-Allow-Origin: *',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
