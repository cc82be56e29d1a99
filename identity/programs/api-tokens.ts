import { isScope, type Permission, type Program, permissionsOf, type Subject } from '#access/api.ts'
import { type Clock, type Db, limits, type Random, refuse, type Vault } from '#platform/api.ts'
import { hashToken, isWellFormedToken, makeToken } from '../sessions/token.ts'
import {
  type ApiTokenRow,
  apiTokenByHash,
  apiTokens,
  deleteApiToken,
  insertApiToken,
  setApiTokenUsed,
  type UsableApiToken,
} from '../store/api-token.ts'

const listedMax = 1_000
const idBytes = 9
const nameLengthMax = 200
const purpose = 'api_token.name'
/** That a token is in use is written down at most this often. */
const writeEveryMs = 5 * 60_000

export type ApiToken = {
  readonly id: string
  readonly scopes: readonly string[]
  /** What it is for, in the words of who made it. */
  readonly name: string | undefined
  /** Her Matrix id; undefined for an operator at the command line. */
  readonly maker: string | undefined
  readonly createdTs: number
  readonly expiresTs: number
  /** About when it was last used. */
  readonly lastUsedTs: number | undefined
}

export type ApiTokenWish = {
  readonly scopes: readonly string[]
  readonly livesMs?: number | undefined
  readonly name?: string | undefined
}

/** Tokens by which programs use the API under /api/v1 in nobody's name, each for what its scopes say. */
export interface ApiTokens {
  /**
   * @param maker who gives no more than she holds, now or later; undefined for an operator at the command line
   * @returns the token, which is shown this once. Throws M_INVALID_PARAM, and M_FORBIDDEN for what she does not hold.
   */
  create(maker: Subject | undefined, wish: ApiTokenWish): Promise<{ token: string; id: string; expiresTs: number }>
  /** The newest first. */
  list(): Promise<ApiToken[]>
  /** It opens nothing from now on, on any node. Throws M_NOT_FOUND when there is none. */
  revoke(id: string): Promise<void>
  /** Whose token this is; undefined when it is unknown, revoked or expired. */
  find(token: string): Promise<Program | undefined>
}

export type ApiTokensDeps = {
  readonly db: Db
  readonly vault: Pick<Vault, 'serverKey'>
  readonly clock: Clock
  readonly random: Random
}

export function createApiTokens({ db, vault, clock, random }: ApiTokensDeps): ApiTokens {
  const sealing = () => vault.serverKey('api_token')

  async function present({ sealedName, lastUsedTs, maker, ...row }: ApiTokenRow): Promise<ApiToken> {
    const name = sealedName === null ? undefined : (await sealing()).open(purpose, row.id, sealedName).toString()
    return { ...row, name, maker: maker ?? undefined, lastUsedTs: lastUsedTs ?? undefined }
  }

  return {
    async create(maker, { scopes, livesMs = limits.apiTokenLivesMs, name }) {
      checkScopes(maker, scopes)
      if (!(livesMs > 0 && livesMs <= limits.apiTokenLivesMsMax)) {
        throw refuse('M_INVALID_PARAM', 'An API token lives for a year at most. Choose a shorter time.')
      }
      if (name !== undefined && name.length > nameLengthMax) {
        throw refuse('M_INVALID_PARAM', `The name of an API token has ${nameLengthMax} characters at most. Shorten it.`)
      }
      const id = random.token(idBytes)
      const token = makeToken(random, 'api')
      const createdTs = clock.nowMs()
      const expiresTs = createdTs + livesMs
      await insertApiToken(db, {
        id,
        tokenHash: hashToken(token),
        scopes: [...new Set(scopes)],
        sealedName: name === undefined ? null : (await sealing()).seal(purpose, id, Buffer.from(name)),
        createdBy: maker?.userId ?? null,
        createdTs,
        expiresTs,
      })
      return { token, id, expiresTs }
    },
    list: async () => Promise.all((await apiTokens(db, listedMax)).map(present)),
    async revoke(id) {
      if (await deleteApiToken(db, id)) return
      throw refuse(
        'M_NOT_FOUND',
        'There is no such API token. It may have been revoked or have expired: list them again.',
      )
    },
    // Asked of the database each time: what was revoked on one node opens nothing on another, not even for a moment.
    async find(token) {
      if (!isWellFormedToken(token, 'api')) return undefined
      const nowMs = clock.nowMs()
      const row = await apiTokenByHash(db, hashToken(token))
      if (row === undefined || row.expiresTs <= nowMs) return undefined
      if (row.lastUsedTs === null || nowMs - row.lastUsedTs >= writeEveryMs) await setApiTokenUsed(db, row.id, nowMs)
      return Object.freeze({ programId: row.id, permissions: permissionsIn(row) })
    },
  }
}

function checkScopes(maker: Subject | undefined, scopes: readonly string[]): void {
  for (const scope of scopes) {
    if (!isScope(scope)) {
      throw refuse('M_INVALID_PARAM', 'One of these scopes does not exist, or is not for programs. Leave it out.', {
        fields: { scope },
      })
    }
    if (maker !== undefined && !maker.permissions.has(scope)) {
      throw refuse('M_FORBIDDEN', 'You may not do yourself what one of these scopes permits. Leave it out.', {
        fields: { scope },
      })
    }
  }
}

/** Her token holds no more than she does: not when she has another role, and nothing while she is locked or suspended. */
function permissionsIn({ scopes, createdBy, makerRole, makerIsActive }: UsableApiToken): ReadonlySet<Permission> {
  const held = createdBy === null ? undefined : permissionsOf(makerIsActive ? (makerRole ?? '') : '')
  return new Set(scopes.filter(isScope).filter((scope) => held?.has(scope) ?? true))
}
