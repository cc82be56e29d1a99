import { isJsonObject } from '#matrix/api.ts'
import { limits, Recent } from '#platform/api.ts'
import type { AccountData } from '../account-data/account-data.ts'
import type { TailEntry, TailListener } from '../sync/tail.ts'

/**
 * The rooms that people call direct: https://spec.matrix.org/v1.19/client-server-api/#direct-messaging. Kept for those who were
 * lately here, until they change it.
 */
export class DirectRooms implements TailListener {
  readonly #accountData: Pick<AccountData, 'get'>
  readonly #known = new Recent<number, Promise<ReadonlySet<string>>>(limits.peopleInMemoryMax)

  constructor(deps: { accountData: Pick<AccountData, 'get'> }) {
    this.#accountData = deps.accountData
  }

  /** Matrix ids of rooms. */
  async of(userId: number): Promise<ReadonlySet<string>> {
    const known = this.#known.get(userId)
    if (known !== undefined) return known
    const reading = this.#read(userId)
    this.#known.set(userId, reading)
    try {
      return await reading
    } catch (error) {
      if (this.#known.peek(userId) === reading) this.#known.delete(userId)
      throw error
    }
  }

  onEntries(entries: readonly TailEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'accountData' && entry.userId !== null && entry.datum.type === 'm.direct') {
        this.#known.delete(entry.userId)
      }
    }
  }

  async #read(userId: number): Promise<ReadonlySet<string>> {
    const content = await this.#accountData.get(userId, null, 'm.direct')
    const lists = isJsonObject(content) ? Object.values(content) : []
    return new Set(lists.flatMap((list) => (Array.isArray(list) ? list : [])).filter((id) => typeof id === 'string'))
  }
}
