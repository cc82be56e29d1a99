import { refuse } from '#platform/api.ts'

const sessionEnded = Symbol('session ended')

/** Ends the waiting requests of sessions that end or change. */
export class SessionSignals {
  readonly #waiting = new Map<number, Set<AbortController>>()

  /**
   * What may wait for something to tell. Its signal aborts with the request's own, or when the session ends; then nothing of what
   * it found is told. Throws M_UNKNOWN_TOKEN.
   */
  async during<T>(sessionId: number, request: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const mine = this.#waiting.get(sessionId) ?? new Set()
    this.#waiting.set(sessionId, mine)
    mine.add(controller)
    const abort = () => controller.abort()
    if (request.aborted) abort()
    else request.addEventListener('abort', abort, { once: true })
    try {
      const found = await work(controller.signal)
      if (controller.signal.reason !== sessionEnded) return found
    } finally {
      request.removeEventListener('abort', abort)
      mine.delete(controller)
      if (mine.size === 0 && this.#waiting.get(sessionId) === mine) this.#waiting.delete(sessionId)
    }
    throw refuse('M_UNKNOWN_TOKEN', 'This device was signed out. Sign in again.', { fields: { soft_logout: false } })
  }

  end(sessionId: number): void {
    for (const controller of this.#waiting.get(sessionId) ?? []) controller.abort(sessionEnded)
  }

  /** Its waiting requests answer with what there is: what the session may do has changed, and its next request hears of it. */
  answerNow(sessionId: number): void {
    for (const controller of this.#waiting.get(sessionId) ?? []) controller.abort()
  }
}
