import { type Clock, type Db, limits, type Random } from '#platform/api.ts'
import { hashToken, isWellFormedToken, makeToken } from '../sessions/token.ts'
import { findOpenIdToken, insertOpenIdToken } from '../store/open-id-token.ts'

/** Tokens that prove to another service who somebody is, and open nothing here. */
export interface OpenIdProofs {
  create(userId: number): Promise<{ token: string; livesMs: number }>
  /** The Matrix id of the person; undefined when the proof is unknown or has ended. */
  whose(token: string): Promise<string | undefined>
}

export function createOpenIdProofs({ db, clock, random }: { db: Db; clock: Clock; random: Random }): OpenIdProofs {
  return {
    async create(userId) {
      const token = makeToken(random, 'openId')
      const livesMs = limits.openIdTokenLivesMs
      await insertOpenIdToken(db, { hash: hashToken(token), userId, expiresTs: clock.nowMs() + livesMs })
      return { token, livesMs }
    },
    whose: async (token) =>
      isWellFormedToken(token, 'openId') ? findOpenIdToken(db, hashToken(token), clock.nowMs()) : undefined,
  }
}
