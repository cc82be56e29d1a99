import type { Access, Principal, Subject } from '#access/api.ts'
import { type Clock, type Db, type Gate, type Log, limits, Recent, refuse } from '#platform/api.ts'
import type { IdentityEvents } from '../api.ts'
import type { ApiTokens } from '../programs/api-tokens.ts'
import { sessionByTokenHash } from '../store/session.ts'
import { subjectOf } from '../users/subject.ts'
import type { LastSeen } from './last-seen.ts'
import type { Sessions } from './sessions.ts'
import { hashToken, isTokenOf, isWellFormedToken } from './token.ts'

export type GateDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly access: Pick<Access, 'admit'>
  readonly log: Pick<Log, 'knownUpToMs' | 'reachNewest'>
  readonly events: IdentityEvents
  readonly sessions: Pick<Sessions, 'promote'>
  readonly lastSeen: LastSeen
  readonly apiTokens: Pick<ApiTokens, 'find'>
}

type Known = { readonly subject: Subject; readonly expiresTs: number | null }

/** Turns a token into a person or a program, and lets it through when it meets what the route needs. */
export function createGate(deps: GateDeps): Gate<Principal | undefined> {
  const { db, clock, access, log, events, sessions, lastSeen, apiTokens } = deps
  /** By the token's hash, so that no token lies in memory longer than its request. */
  const known = new Recent<string, Known>(limits.sessionsInMemoryMax, {
    onDropped: (tokenHash, { subject }) => {
      if (hashes.get(subject.sessionId) === tokenHash) hashes.delete(subject.sessionId)
    },
  })
  const hashes = new Map<number, string>()
  let changes = 0
  let asking: Promise<unknown> | undefined

  function forget(sessionId: number): void {
    changes++
    const tokenHash = hashes.get(sessionId)
    if (tokenHash !== undefined) known.delete(tokenHash)
    hashes.delete(sessionId)
  }
  events.onSessionEnded(forget)
  events.onSessionChanged(forget)

  /** Another node may have ended what is remembered here: it is good for as long as this node has heard of everything. */
  async function hearOthers(): Promise<void> {
    if (clock.nowMs() - log.knownUpToMs() < limits.sessionMemoryGoodMs) return
    asking ??= log.reachNewest().finally(() => {
      asking = undefined
    })
    await asking
  }

  async function look(token: string): Promise<Known> {
    if (!isWellFormedToken(token, 'access')) throw signedOut()
    const hash = hashToken(token)
    const tokenHash = hash.toString('base64')
    if (known.get(tokenHash) !== undefined) {
      await hearOthers()
      const still = known.get(tokenHash)
      if (still !== undefined) return still
    }
    const changesBefore = changes
    const row = await sessionByTokenHash(db, hash)
    if (row === undefined) throw signedOut()
    if (row.token === 'previous') throw expired()
    const read = { subject: subjectOf(row), expiresTs: row.expiresTs }
    if (row.token === 'next' && !isOver(read)) {
      await sessions.promote(row, hash)
      return read
    }
    // A session that ended while the row was on its way must not stay alive in memory.
    if (changes === changesBefore) {
      // A session has one current token. The one before would outlive the session here, because nobody would forget it.
      const before = hashes.get(row.id)
      if (before !== undefined && before !== tokenHash) known.delete(before)
      known.set(tokenHash, read)
      hashes.set(row.id, tokenHash)
    }
    return read
  }

  const isOver = ({ expiresTs }: Known) => expiresTs !== null && expiresTs <= clock.nowMs()

  return {
    async admit(needs, request) {
      if (needs === 'nobody') return undefined
      if (request.accessToken === undefined || request.accessToken === '') {
        throw refuse('M_MISSING_TOKEN', 'You are not signed in. Sign in and try again.')
      }
      if (isTokenOf(request.accessToken, 'api')) {
        const program = await apiTokens.find(request.accessToken)
        if (program === undefined) throw revoked()
        access.admit(program, needs)
        return program
      }
      const found = await look(request.accessToken)
      if (isOver(found)) throw expired()
      const { subject } = found
      lastSeen.note(subject, request.ip, clock.nowMs())
      access.admit(subject, needs)
      return subject
    },
  }
}

function signedOut() {
  return refuse('M_UNKNOWN_TOKEN', 'You are no longer signed in on this device. Sign in again.', {
    fields: { soft_logout: false },
  })
}

function revoked() {
  return refuse('M_UNKNOWN_TOKEN', 'This API token has expired or was revoked. Ask an administrator for another one.', {
    fields: { soft_logout: false },
  })
}

/** The session lives on: a client that refreshes or signs in again keeps what it has. */
function expired() {
  return refuse('M_UNKNOWN_TOKEN', 'This access token has expired. Refresh it, or sign in again on this device.', {
    fields: { soft_logout: true },
  })
}
