import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { RouteRequest } from './route.ts'

/** Requests that wait for something, so that a stop can wake them all. */
export class WaitingRequests {
  readonly #controllers = new Set<AbortController>()
  #isStopping = false

  /** A signal for one request. Its reason is 'left' when the client went away, 'stopping' when the server goes. */
  signalFor(response: ServerResponse): AbortSignal {
    const controller = new AbortController()
    if (this.#isStopping) controller.abort('stopping')
    else if (response.destroyed) controller.abort('left')
    else {
      this.#controllers.add(controller)
      response.once('close', () => {
        this.#controllers.delete(controller)
        if (!response.writableFinished) controller.abort('left')
      })
    }
    return controller.signal
  }

  stop(): void {
    this.#isStopping = true
    for (const controller of this.#controllers) controller.abort('stopping')
    this.#controllers.clear()
  }
}

/** What a handler sees. The signal is made when it is asked for: most requests never wait. */
export class ReadRequest implements RouteRequest {
  readonly params: any
  readonly query: any
  readonly body: any
  readonly caller: any
  readonly ip: string
  readonly headers: Record<string, string | undefined>
  readonly stream?: Readable
  readonly requestId: string
  readonly url: string
  readonly #response: ServerResponse
  readonly #waiting: WaitingRequests
  #signal: AbortSignal | undefined

  constructor(
    read: Pick<RouteRequest, 'params' | 'query' | 'body' | 'caller' | 'ip' | 'requestId'>,
    raw: IncomingMessage,
    response: ServerResponse,
    waiting: WaitingRequests,
    hasStream: boolean,
  ) {
    this.params = read.params
    this.query = read.query
    this.body = read.body
    this.caller = read.caller
    this.ip = read.ip
    this.requestId = read.requestId
    this.url = raw.url!
    this.headers = raw.headers as Record<string, string | undefined>
    if (hasStream) this.stream = raw
    this.#response = response
    this.#waiting = waiting
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#waiting.signalFor(this.#response)
    return this.#signal
  }
}
