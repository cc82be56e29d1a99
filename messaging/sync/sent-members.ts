import { limits } from '#platform/api.ts'

/**
 * Which members' events each session was sent already, so that lazy loading does not repeat them. In memory only: after
 * a restart members are told once more, which is allowed.
 */
export class SentMembers {
  readonly #sessions = new Map<number, Map<number, Set<number>>>()

  /** A session that begins anew knows nobody. */
  reset(sessionId: number): void {
    this.#sessions.delete(sessionId)
    this.#sessions.set(sessionId, new Map())
    if (this.#sessions.size <= limits.lazySessionsInMemoryMax) return
    for (const oldest of this.#sessions.keys()) {
      this.#sessions.delete(oldest)
      break
    }
  }

  unknown(sessionId: number, roomId: number, people: ReadonlySet<number>): number[] {
    const known = this.#sessions.get(sessionId)?.get(roomId)
    return known === undefined ? [...people] : [...people].filter((userId) => !known.has(userId))
  }

  add(sessionId: number, roomId: number, people: ReadonlySet<number>): void {
    const rooms = this.#sessions.get(sessionId)
    if (rooms === undefined) {
      this.reset(sessionId)
      this.add(sessionId, roomId, people)
      return
    }
    const known = rooms.get(roomId)
    if (known === undefined) rooms.set(roomId, new Set(people))
    else for (const userId of people) known.add(userId)
  }
}
