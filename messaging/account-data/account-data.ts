import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import {
  type Limits,
  type Log,
  logKinds,
  type Postgres,
  refuse,
  SealBroken,
  type SealingKey,
  type Tx,
} from '#platform/api.ts'
import {
  type AccountDataRow,
  accountDataBytes,
  accountDataRow,
  accountDataRows,
  accountDataRowsByIds,
  accountDataRowsOfPeople,
  putAccountData,
} from '../store/account-data.ts'
import type { AccountDatum } from '../sync/tail.ts'

type Deps = {
  postgres: Postgres
  log: Log
  users: Users
  limits: Pick<Limits, 'accountDataBytesMax' | 'accountDataOfPersonBytesMax'>
}

const countedBytes = 1_024

export type OwnedDatum = AccountDatum & { readonly roomId: number | null }

/** What people keep for themselves. https://spec.matrix.org/v1.19/client-server-api/#client-config */
export class AccountData {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async get(userId: number, roomId: number | null, type: string): Promise<JsonObject | undefined> {
    const row = await accountDataRow(this.#deps.postgres, userId, roomId, type)
    return row === undefined ? undefined : open(await this.#deps.users.keyOf(userId), row)
  }

  /** Throws M_TOO_LARGE. */
  async put(userId: number, roomId: number | null, type: string, content: JsonObject): Promise<void> {
    const plain = Buffer.from(JSON.stringify(content))
    if (plain.length > this.#deps.limits.accountDataBytesMax) {
      throw refuse(
        'M_TOO_LARGE',
        `Account data of one type may have ${this.#deps.limits.accountDataBytesMax} bytes. Keep less.`,
      )
    }
    const key = await this.#deps.users.keyOf(userId)
    const sealed = key.seal('account_data', subjectOf(userId, roomId, type), plain)
    const rows = await this.#deps.postgres.transaction(async (tx) => {
      const { id, isNew } = await putAccountData(tx, { userId, roomId, type, sealed })
      // A short one that is only replaced (a read marker) adds nothing worth counting.
      if (isNew || plain.length > countedBytes)
        await refuseTooMuch(tx, userId, this.#deps.limits.accountDataOfPersonBytesMax)
      return this.#deps.log.append(tx, [{ kind: logKinds.accountData, roomId, userId, reference: id }])
    })
    const position = rows[0]?.position
    if (position !== undefined) this.#deps.log.announce(rows, new Map([[position, { type, content }]]))
  }

  async all(userId: number): Promise<OwnedDatum[]> {
    return this.#opened(userId, await accountDataRows(this.#deps.postgres, userId))
  }

  async byIds(userId: number, ids: readonly number[]): Promise<OwnedDatum[]> {
    return this.#opened(userId, await accountDataRowsByIds(this.#deps.postgres, ids))
  }

  /** Data that belong to no room, of several people: by person, then by type. */
  async ofPeople(userIds: readonly number[], types: readonly string[]): Promise<Map<number, Map<string, JsonObject>>> {
    const rows = await accountDataRowsOfPeople(this.#deps.postgres, userIds, types)
    const found = new Map<number, Map<string, JsonObject>>()
    for (const [userId, own] of Map.groupBy(rows, (row) => row.userId)) {
      const data = await this.#opened(userId, own)
      found.set(userId, new Map(data.map(({ type, content }) => [type, content])))
    }
    return found
  }

  async byId(id: number): Promise<AccountDatum | undefined> {
    const [row] = await accountDataRowsByIds(this.#deps.postgres, [id])
    return row === undefined ? undefined : (await this.#opened(row.userId, [row]))[0]
  }

  async #opened(userId: number, rows: readonly AccountDataRow[]): Promise<OwnedDatum[]> {
    if (rows.length === 0) return []
    const key = await this.#deps.users.keyOf(userId)
    return rows.flatMap((row) => {
      try {
        return [{ roomId: row.roomId, type: row.type, content: open(key, row) }]
      } catch (error) {
        // What was altered is told to nobody, and takes nothing else along.
        if (error instanceof SealBroken) return []
        throw error
      }
    })
  }
}

async function refuseTooMuch(tx: Tx, userId: number, bytesMax: number): Promise<void> {
  if ((await accountDataBytes(tx, userId)) > bytesMax) {
    throw refuse('M_TOO_LARGE', 'You keep too much account data. Clear what your apps no longer need.')
  }
}

function open(key: SealingKey, row: AccountDataRow): JsonObject {
  const plain = key.open('account_data', subjectOf(row.userId, row.roomId, row.type), row.sealed)
  return JSON.parse(plain.toString('utf8')) as JsonObject
}

function subjectOf(userId: number, roomId: number | null, type: string): string {
  return `${userId} ${roomId ?? ''} ${type}`
}
