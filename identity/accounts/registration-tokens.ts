import { hash } from 'node:crypto'
import { type Clock, type Db, type Random, refuse, type Tx, type Vault } from '#platform/api.ts'
import {
  deleteRegistrationToken,
  insertRegistrationToken,
  openRegistrationToken,
  registrationTokens,
  spendRegistrationToken,
} from '../store/registration-token.ts'

const listedMax = 500
const idBytes = 9
const tokenBytes = 12
/** https://spec.matrix.org/v1.19/client-server-api/#token-authenticated-registration */
const tokenPattern = /^[A-Za-z0-9._~-]{1,64}$/
const purpose = 'registration.token'

export type RegistrationToken = {
  readonly id: string
  readonly token: string
  readonly uses: number
  readonly usesMax: number | undefined
  readonly createdTs: number
  readonly expiresTs: number | undefined
}

/** Words by which people may make accounts, where registration asks for one. */
export interface RegistrationTokens {
  /** Throws M_INVALID_PARAM for a token that cannot be one, CHANCERY_CONFLICT for one that is there. */
  create(wish: { token?: string; usesMax?: number; expiresTs?: number }): Promise<RegistrationToken>
  /** The newest first. */
  list(): Promise<RegistrationToken[]>
  /** Throws M_NOT_FOUND when there is none. */
  withdraw(id: string): Promise<void>
  /** The id of a token that makes accounts now. */
  find(token: string): Promise<string | undefined>
  /** Uses it up, in the transaction that makes the account. Throws M_FORBIDDEN when somebody was faster. */
  spendIn(tx: Tx, id: string): Promise<void>
}

export type RegistrationTokensDeps = {
  readonly db: Db
  readonly vault: Pick<Vault, 'serverKey'>
  readonly clock: Clock
  readonly random: Random
}

const hashOf = (token: string) => hash('sha256', token, 'buffer')

export function createRegistrationTokens({ db, vault, clock, random }: RegistrationTokensDeps): RegistrationTokens {
  return {
    async create({ token = random.token(tokenBytes), usesMax, expiresTs }) {
      if (!tokenPattern.test(token)) {
        throw refuse(
          'M_INVALID_PARAM',
          'A registration token has 1 to 64 letters, digits and signs out of . _ ~ - only.',
        )
      }
      const id = random.token(idBytes)
      const createdTs = clock.nowMs()
      const key = await vault.serverKey('registration')
      const isNew = await insertRegistrationToken(db, {
        id,
        tokenHash: hashOf(token),
        sealedToken: key.seal(purpose, id, Buffer.from(token)),
        usesMax: usesMax ?? null,
        createdTs,
        expiresTs: expiresTs ?? null,
      })
      if (!isNew) throw refuse('CHANCERY_CONFLICT', 'There is such a registration token already. Choose another one.')
      return { id, token, uses: 0, usesMax, createdTs, expiresTs }
    },
    async list() {
      const key = await vault.serverKey('registration')
      return (await registrationTokens(db, listedMax)).map(({ sealedToken, usesMax, expiresTs, ...row }) => ({
        ...row,
        token: key.open(purpose, row.id, sealedToken).toString(),
        usesMax: usesMax ?? undefined,
        expiresTs: expiresTs ?? undefined,
      }))
    },
    async withdraw(id) {
      if (await deleteRegistrationToken(db, id)) return
      throw refuse('M_NOT_FOUND', 'There is no such registration token. Load the list again.')
    },
    find: async (token) =>
      tokenPattern.test(token) ? openRegistrationToken(db, hashOf(token), clock.nowMs()) : undefined,
    async spendIn(tx, id) {
      if (await spendRegistrationToken(tx, id, clock.nowMs())) return
      throw refuse('M_FORBIDDEN', 'This registration token has been used up meanwhile. Ask for another one.')
    },
  }
}
