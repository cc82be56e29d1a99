import { type Log, type LogDraft, type LogFollower, logKinds, type Tx } from '#platform/api.ts'
import type { Announcement, IdentityEvents } from '../api.ts'

/** What a transaction did to sign-ins of one person. */
export type SessionChange = {
  readonly userId: number
  readonly ended?: readonly number[]
  readonly changed?: readonly number[]
}

export type EventSource = IdentityEvents & {
  /**
   * Writes it into the log, last in the transaction that does it, so that no node can miss it. The caller calls
   * `announce` after the commit: then this node knows at once.
   */
  tell(tx: Tx, change: SessionChange): Promise<Announcement>
}

/**
 * Says on every node what has been committed: here at once, elsewhere when the node reads the log. Listeners may hear
 * of one thing twice.
 */
export function createEvents({ log }: { log: Pick<Log, 'append' | 'announce' | 'follow'> }): EventSource {
  const onEnded = new Set<(sessionId: number) => void>()
  const onChanged = new Set<(sessionId: number) => void>()

  function subscribe<T>(listeners: Set<T>, listener: T): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  function say(ended: readonly number[], changed: readonly number[]): void {
    for (const sessionId of ended) for (const listener of onEnded) listener(sessionId)
    for (const sessionId of changed) for (const listener of onChanged) listener(sessionId)
  }
  const follower: LogFollower = {
    deliver(rows) {
      for (const { kind, reference } of rows) {
        if (reference === null) continue
        if (kind === logKinds.sessionEnded) say([reference], [])
        else if (kind === logKinds.sessionChanged) say([], [reference])
      }
    },
  }
  log.follow(follower)

  return {
    onSessionEnded: (listener) => subscribe(onEnded, listener),
    onSessionChanged: (listener) => subscribe(onChanged, listener),
    async tell(tx, { userId, ended = [], changed = [] }) {
      const draft = (kind: LogDraft['kind']) => (reference: number) => ({ kind, roomId: null, userId, reference })
      const drafts = [...ended.map(draft(logKinds.sessionEnded)), ...changed.map(draft(logKinds.sessionChanged))]
      const rows = drafts.length === 0 ? [] : await log.append(tx, drafts)
      function announce() {
        say(ended, changed)
        log.announce(rows)
      }
      return { announce }
    },
  }
}
