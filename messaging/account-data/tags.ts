import { isJsonObject, type JsonObject, setKey } from '#matrix/api.ts'
import { refuse } from '#platform/api.ts'
import type { AccountData } from './account-data.ts'
import { InTurn } from './in-turn.ts'

const type = 'm.tag'
/** A person sorts a room under a handful of words; this bounds what one room's tags can weigh. */
const tagsMax = 100

/** The words under which people sort their rooms. https://spec.matrix.org/v1.19/client-server-api/#room-tagging */
export class Tags {
  readonly #accountData: Pick<AccountData, 'get' | 'put'>
  readonly #inTurn = new InTurn()

  constructor(deps: { accountData: Pick<AccountData, 'get' | 'put'> }) {
    this.#accountData = deps.accountData
  }

  async of(userId: number, roomId: number): Promise<JsonObject> {
    return tagsIn(await this.#accountData.get(userId, roomId, type))
  }

  async put(userId: number, roomId: number, tag: string, about: JsonObject): Promise<void> {
    await this.#change(userId, roomId, (tags) => {
      setKey(tags, tag, about)
      if (Object.keys(tags).length > tagsMax) {
        throw refuse('M_TOO_LARGE', `A room can have ${tagsMax} tags. Remove one first.`)
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
