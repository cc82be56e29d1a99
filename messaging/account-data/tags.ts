import { isJsonObject, type JsonObject, setKey } from '#matrix/api.ts'
import { InTurn, type Limits, refuse } from '#platform/api.ts'
import type { AccountData } from './account-data.ts'

const type = 'm.tag'

/** The words under which people sort their rooms. https://spec.matrix.org/v1.19/client-server-api/#room-tagging */
export class Tags {
  readonly #accountData: Pick<AccountData, 'get' | 'put'>
  readonly #inTurn = new InTurn()

  readonly #max: number

  constructor(deps: { accountData: Pick<AccountData, 'get' | 'put'>; limits: Pick<Limits, 'tagsMax'> }) {
    this.#accountData = deps.accountData
    this.#max = deps.limits.tagsMax
  }

  async of(userId: number, roomId: number): Promise<JsonObject> {
    return tagsIn(await this.#accountData.get(userId, roomId, type))
  }

  async put(userId: number, roomId: number, tag: string, about: JsonObject): Promise<void> {
    await this.#change(userId, roomId, (tags) => {
      setKey(tags, tag, about)
      if (Object.keys(tags).length > this.#max) {
        throw refuse('M_TOO_LARGE', `A room can have ${this.#max} tags. Remove one first.`)
      }
      return true
    })
  }

  /** Removing a tag that is not there changes nothing. */
  async remove(userId: number, roomId: number, tag: string): Promise<void> {
    await this.#change(userId, roomId, (tags) => {
      if (!Object.hasOwn(tags, tag)) return false
      delete tags[tag]
      return true
    })
  }

  #change(userId: number, roomId: number, change: (tags: JsonObject) => boolean): Promise<void> {
    return this.#inTurn.run(`${userId} ${roomId}`, async () => {
      const content = (await this.#accountData.get(userId, roomId, type)) ?? {}
      const tags = { ...tagsIn(content) }
      if (change(tags)) await this.#accountData.put(userId, roomId, type, { ...content, tags })
    })
  }
}

function tagsIn(content: JsonObject | undefined): JsonObject {
  return isJsonObject(content?.tags) ? content.tags : {}
}
