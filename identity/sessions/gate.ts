import { type Access, permissionsOf, type Subject } from '#access/api.ts'
import { type Clock, type Db, type Gate, refuse } from '#platform/api.ts'
import type { IdentityEvents } from '../api.ts'
import { sessionByTokenHash } from '../store/session.ts'
import type { LastSeen } from './last-seen.ts'
import { hashToken, isWellFormedToken } from './token.ts'

/** Sessions kept in memory; each takes about 500 bytes. Who was not heard of for longest goes first. */
const sessionsInMemoryMax = 20_000

export type GateDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly access: Pick<Access, 'permits'>
  readonly events: Pick<IdentityEvents, 'onSessionEnded'>
  readonly lastSeen: LastSeen
}

/** Turns an access token into a subject, and lets it through when it meets what the route needs. */
export function createGate({ db, clock, access, events, lastSeen }: GateDeps): Gate<Subject | undefined> {
  /** By the token's hash, so that no token lies in memory longer than its request. */
  const subjects = new Map<string, Subject>()
  const hashes = new Map<number, string>()
  let endings = 0

  events.onSessionEnded((sessionId) => {
    endings++
    const tokenHash = hashes.get(sessionId)
    if (tokenHash !== undefined) subjects.delete(tokenHash)
    hashes.delete(sessionId)
  })

  function keep(tokenHash: string, subject: Subject): void {
    subjects.set(tokenHash, subject)
    hashes.set(subject.sessionId, tokenHash)
    if (subjects.size <= sessionsInMemoryMax) return
    const [oldestHash, oldest] = subjects.entries().next().value!
    subjects.delete(oldestHash)
    hashes.delete(oldest.sessionId)
  }

  async function subjectOf(token: string): Promise<Subject | undefined> {
    if (!isWellFormedToken(token, 'access')) return undefined
    const hash = hashToken(token)
    const tokenHash = hash.toString('base64')
    const known = subjects.get(tokenHash)
    if (known !== undefined) {
      subjects.delete(tokenHash)
      subjects.set(tokenHash, known)
      return known
    }
    const endingsBefore = endings
    const row = await sessionByTokenHash(db, hash)
    if (row === undefined) return undefined
    const subject: Subject = Object.freeze({
      userId: row.userId,
      matrixId: row.matrixId,
      deviceId: row.deviceId,
      sessionId: row.id,
      isGuest: false,
      permissions: permissionsOf(row.role),
    })
    // A session that ended while the row was on its way must not stay alive in memory.
    if (endings === endingsBefore) keep(tokenHash, subject)
    return subject
  }

  return {
    async admit(needs, request) {
      if (needs === 'nobody') return undefined
      if (request.accessToken === undefined || request.accessToken === '') {
        throw refuse('M_MISSING_TOKEN', 'You are not signed in. Sign in and try again.')
      }
      const subject = await subjectOf(request.accessToken)
      if (subject === undefined) {
        throw refuse('M_UNKNOWN_TOKEN', 'You are no longer signed in on this device. Sign in again.', {
          fields: { soft_logout: false },
        })
      }
      lastSeen.note(subject, request.ip, clock.nowMs())
      if (!access.permits(subject, needs)) {
        throw refuse('M_FORBIDDEN', 'Your role does not include this. Ask an administrator of your organisation.', {
          detail: `needs ${needs}`,
        })
      }
      return subject
    },
  }
}
