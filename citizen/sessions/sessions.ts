import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { type Clock, type Db, limits, type Postgres, type Random } from '#platform/api.ts'
import { deleteSession, insertSession, sessionOf, setSessionLanguage, touchSession } from '../store/sessions.ts'

/** Who has the pages open, as far as she proved it. */
export type Session = {
  readonly token: string
  readonly agencyId: number
  /** The address that she proved to be hers. */
  readonly addressId: number
  readonly isStrong: boolean
  readonly language: string
  readonly begunMs: number
}

type Deps = { readonly db: Postgres; readonly clock: Clock; readonly random: Random }

const touchEveryMs = 60_000

/** Sessions of the citizen pages: a cookie for half an hour after the last look, and four hours at most. */
export class CitizenSessions {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async begin(who: Pick<Session, 'agencyId' | 'addressId' | 'language'>): Promise<Session> {
    return this.#insert({ ...who, isStrong: false, begunMs: this.#deps.clock.nowMs() }, null)
  }

  /**
   * She has proven more, as this person: what was open before is closed, so that a token that somebody saw earlier gains
   * nothing. It counts for as long as the address is hers.
   */
  async strengthen(session: Session, personId: number): Promise<Session> {
    await deleteSession(this.#deps.db, hashOf(session.token))
    return this.#insert({ ...session, isStrong: true }, personId)
  }

  async find(token: string | undefined): Promise<Session | undefined> {
    if (token === undefined || !/^[\w-]{43}$/.test(token)) return undefined
    const { db, clock } = this.#deps
    const nowMs = clock.nowMs()
    const after = { seenTs: nowMs - limits.citizenSessionIdleMs, begunTs: nowMs - limits.citizenSessionMs }
    const row = await sessionOf(db, hashOf(token), after)
    if (row === undefined) return undefined
    if (nowMs - row.seenTs > touchEveryMs) await touchSession(db, hashOf(token), nowMs)
    const { agencyId, addressId, isStrong, language, begunTs } = row
    return { token, agencyId, addressId, isStrong, language, begunMs: begunTs }
  }

  async speak({ token }: Session, language: string, db: Db = this.#deps.db): Promise<void> {
    await setSessionLanguage(db, hashOf(token), language)
  }

  async end({ token }: Session): Promise<void> {
    await deleteSession(this.#deps.db, hashOf(token))
  }

  async #insert(session: Omit<Session, 'token'>, strongPersonId: number | null): Promise<Session> {
    const { db, clock, random } = this.#deps
    const token = random.token(32)
    const { agencyId, addressId, language, begunMs } = session
    await insertSession(db, hashOf(token), {
      agencyId,
      addressId,
      strongPersonId,
      language,
      begunTs: begunMs,
      seenTs: clock.nowMs(),
    })
    return { ...session, token }
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** Stands in every form of a session: a page elsewhere cannot know it. */
export const formToken = ({ token }: Pick<Session, 'token'>) =>
  createHmac('sha256', token).update('form').digest('base64url')

export function isFormToken(session: Pick<Session, 'token'>, given: string | null): boolean {
  const [right, wrong] = [Buffer.from(formToken(session)), Buffer.from(given ?? '')]
  return right.length === wrong.length && timingSafeEqual(right, wrong)
}
