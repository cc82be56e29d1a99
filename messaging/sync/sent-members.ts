import { limits, Recent } from '#platform/api.ts'

type People = Map<number, Set<number>>
type Session = {
  /** The token of the last request, and the one that its answer gave. */
  since: string
  answered: string | undefined
  /** What answers told whose token the client has come back with. */
  readonly known: People
  /** What the last answer told: it may have been lost on the way. */
  pending: People
  /** About what it takes in memory. */
  bytes: number
}

// Measured: a session, the set of a room, one more member in it.
const sessionBytes = 400
const roomBytes = 300
const memberBytes = 30

/**
 * Which members' events each session (or connection: `K` names it) was sent already, so that lazy loading does not repeat
 * them. Only what the client is known to have got counts. In memory only: after a restart, and when its session was
 * forgotten for want of room, members are told once more, which is allowed.
 */
export class SentMembers<K = number> {
  readonly #sessions: Recent<K, Session>

  constructor(bytesMax: number = limits.lazyMembersBytesMax) {
    this.#sessions = new Recent(bytesMax, { weigh: ({ bytes }) => bytes })
  }

  /** A request begins. Its token tells which answer the client has got; without one it knows nobody. */
  begin(sessionId: K, since: string | undefined): void {
    const session = this.#sessions.get(sessionId)
    if (session === undefined || since === undefined || (since !== session.answered && since !== session.since)) {
      this.#start(sessionId, since ?? '')
      return
    }
    if (since === session.answered) {
      for (const [roomId, people] of session.pending) addTo(session, session.known, roomId, people)
    }
    session.since = since
    drop(session, session.pending)
    session.pending = new Map()
  }

  /** The request is answered with this token. */
  end(sessionId: K, token: string): void {
    const session = this.#sessions.peek(sessionId)
    if (session === undefined) return
    session.answered = token
    // It has grown since it was weighed.
    this.#sessions.set(sessionId, session)
  }

  unknown(sessionId: K, roomId: number, people: ReadonlySet<number>): number[] {
    const session = this.#sessions.peek(sessionId)
    const known = session?.known.get(roomId)
    const pending = session?.pending.get(roomId)
    return [...people].filter((userId) => !known?.has(userId) && !pending?.has(userId))
  }

  add(sessionId: K, roomId: number, people: ReadonlySet<number>): void {
    const session = this.#sessions.peek(sessionId) ?? this.#start(sessionId, '')
    addTo(session, session.pending, roomId, people)
  }

  #start(sessionId: K, since: string): Session {
    const session = { since, answered: undefined, known: new Map(), pending: new Map(), bytes: sessionBytes }
    this.#sessions.set(sessionId, session)
    return session
  }
}

function addTo(session: Session, people: People, roomId: number, more: ReadonlySet<number>): void {
  if (more.size === 0) return
  let known = people.get(roomId)
  if (known === undefined) {
    known = new Set()
    people.set(roomId, known)
    session.bytes += roomBytes
  }
  const before = known.size
  for (const userId of more) known.add(userId)
  session.bytes += (known.size - before) * memberBytes
}

function drop(session: Session, people: People): void {
  for (const { size } of people.values()) session.bytes -= roomBytes + size * memberBytes
}
