import { type Clock, type Db, type Random, refuse } from '#platform/api.ts'
import { hashToken, isWellFormedToken, makeToken } from '../sessions/token.ts'
import { insertLoginToken, takeLoginToken } from '../store/login-token.ts'

/** Tokens that sign in once, without a password. */
export interface LoginTokens {
  create(userId: number, livesMs: number): Promise<{ token: string; expiresTs: number }>
  /** Uses it up. @returns whose it is; throws M_FORBIDDEN when it is unknown, used or too old. */
  take(token: string): Promise<number>
}

export function createLoginTokens({ db, clock, random }: { db: Db; clock: Clock; random: Random }): LoginTokens {
  return {
    async create(userId, livesMs) {
      const token = makeToken(random, 'login')
      const expiresTs = clock.nowMs() + livesMs
      await insertLoginToken(db, { hash: hashToken(token), userId, expiresTs })
      return { token, expiresTs }
    },
    async take(token) {
      const row = isWellFormedToken(token, 'login') ? await takeLoginToken(db, hashToken(token)) : undefined
      if (row === undefined || row.expiresTs <= clock.nowMs()) {
        throw refuse('M_FORBIDDEN', 'This sign-in token is not valid any more. Get a new one where you are signed in.')
      }
      return row.userId
    },
  }
}
