import type { TailEntry, TailListener } from '../sync/tail.ts'

/** Requests that wait for the next event of one room, of people who need not be in it. */
export class RoomWaiters implements TailListener {
  readonly #waiting = new Map<number, Set<() => void>>()

  /** Resolves with the next event of the room, when the time is over, or when the signal aborts. */
  wait(roomId: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(roomId) ?? new Set()
      this.#waiting.set(roomId, waiting)
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        waiting.delete(wake)
        if (waiting.size === 0) this.#waiting.delete(roomId)
        resolve()
      }
      const timer = setTimeout(wake, timeoutMs)
      signal.addEventListener('abort', wake)
      waiting.add(wake)
    })
  }

  onEntries(entries: readonly TailEntry[]): void {
    if (this.#waiting.size === 0) return
    for (const entry of entries) {
      if (entry.kind !== 'event') continue
      for (const wake of [...(this.#waiting.get(entry.event.roomId) ?? [])]) wake()
    }
  }
}
