import { Line, type RequestParts, requestBytes, type Target } from './line.ts'
import { type Percentiles, percentiles } from './percentiles.ts'

/** One kind of request, measured several times. */
export type Timed = Percentiles & {
  readonly what: 'empty' | 'committing' | 'slidingFirst' | 'slidingAgain' | 'initialSync' | 'join' | 'page'
  readonly title: string
  /** Where as many as possible were made. */
  readonly perSecond?: number
  /** Of the last answer. */
  readonly bytes?: number
}

/** One request after the other on a line of its own; how long each took until its whole answer was there. */
export class Stopwatch {
  readonly #target: Target
  readonly #line: Line
  #times: number[] = []
  bytes = 0

  constructor(target: Target) {
    this.#target = target
    this.#line = new Line(target)
  }

  async measure(parts: RequestParts): Promise<Buffer> {
    const request = requestBytes(this.#target, parts)
    const sentMs = performance.now()
    const { status, body } = await this.#line.request(request)
    this.#times.push(performance.now() - sentMs)
    this.bytes = body.length
    if (status !== 200)
      throw new Error(`${parts.method} ${parts.path} was answered ${status}: ${body.toString().slice(0, 200)}`)
    return body
  }

  /** The percentiles since the last call. */
  take(): Percentiles {
    const times = this.#times
    this.#times = []
    return percentiles(times)
  }

  close(): void {
    this.#line.close()
  }
}
