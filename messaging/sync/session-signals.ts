/** A request that may wait; `over` must be called when it is answered. */
export type Waiting = {
  readonly signal: AbortSignal
  /** Whether the session ended meanwhile: it must be told nothing more. */
  hasEnded(): boolean
  over(): void
}

const sessionEnded = Symbol('session ended')

/** Ends the waiting requests of sessions that end or change. */
export class SessionSignals {
  readonly #waiting = new Map<number, Set<AbortController>>()

  /** A signal that aborts with the request's own, or when the session ends. */
  begin(sessionId: number, request: AbortSignal): Waiting {
    const controller = new AbortController()
    const mine = this.#waiting.get(sessionId) ?? new Set()
    this.#waiting.set(sessionId, mine)
    mine.add(controller)
    const abort = () => controller.abort()
    if (request.aborted) abort()
    else request.addEventListener('abort', abort, { once: true })
    const over = () => {
      request.removeEventListener('abort', abort)
      mine.delete(controller)
      if (mine.size === 0 && this.#waiting.get(sessionId) === mine) this.#waiting.delete(sessionId)
    }
    return { signal: controller.signal, hasEnded: () => controller.signal.reason === sessionEnded, over }
  }

  end(sessionId: number): void {
    for (const controller of this.#waiting.get(sessionId) ?? []) controller.abort(sessionEnded)
  }

  /** Its waiting requests answer with what there is: what the session may do has changed, and its next request hears of it. */
  answerNow(sessionId: number): void {
    for (const controller of this.#waiting.get(sessionId) ?? []) controller.abort()
  }
}
