import { limits } from '#platform/api.ts'

type People = Map<number, Set<number>>
type Session = {
  /** The token of the last request, and the one that its answer gave. */
  since: string
  answered: string | undefined
  /** What answers told whose token the client has come back with. */
  known: People
  /** What the last answer told: it may have been lost on the way. */
  pending: People
}

/**
 * Which members' events each session (or connection: `K` names it) was sent already, so that lazy loading does not repeat
 * them. Only what the client is known to have got counts. In memory only: after a restart members are told once more, which
 * is allowed.
 */
export class SentMembers<K = number> {
  readonly #sessions = new Map<K, Session>()

  /** A request begins. Its token tells which answer the client has got; without one it knows nobody. */
  begin(sessionId: K, since: string | undefined): void {
    const session = this.#sessions.get(sessionId)
    if (session === undefined || since === undefined || (since !== session.answered && since !== session.since)) {
      this.#start(sessionId, since ?? '')
      return
    }
    if (since === session.answered) {
      for (const [roomId, people] of session.pending) addTo(session.known, roomId, people)
    }
    session.since = since
    session.pending = new Map()
  }

  /** The request is answered with this token. */
  end(sessionId: K, token: string): void {
    const session = this.#sessions.get(sessionId)
    if (session !== undefined) session.answered = token
  }

  unknown(sessionId: K, roomId: number, people: ReadonlySet<number>): number[] {
    const session = this.#sessions.get(sessionId)
    const known = session?.known.get(roomId)
    const pending = session?.pending.get(roomId)
    return [...people].filter((userId) => !known?.has(userId) && !pending?.has(userId))
  }

  add(sessionId: K, roomId: number, people: ReadonlySet<number>): void {
    addTo((this.#sessions.get(sessionId) ?? this.#start(sessionId, '')).pending, roomId, people)
  }

  #start(sessionId: K, since: string): Session {
    const session = { since, answered: undefined, known: new Map(), pending: new Map() }
    this.#sessions.delete(sessionId)
    this.#sessions.set(sessionId, session)
    if (this.#sessions.size > limits.lazySessionsInMemoryMax) {
      for (const oldest of this.#sessions.keys()) {
        this.#sessions.delete(oldest)
        break
      }
    }
    return session
  }
}

function addTo(people: People, roomId: number, more: ReadonlySet<number>): void {
  const known = people.get(roomId)
  if (known === undefined) people.set(roomId, new Set(more))
  else for (const userId of more) known.add(userId)
}
