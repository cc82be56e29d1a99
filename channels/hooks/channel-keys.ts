import type { Db, Postgres, SealingKey, Vault } from '#platform/api.ts'
import { channelKeysBefore, insertChannelKey } from '../store/keys.ts'

const dayMs = 24 * 3_600_000

type Deps = { readonly postgres: Postgres; readonly vault: Pick<Vault, 'serverKey' | 'key' | 'destroyKey'> }

/** A key for each channel and day, so that what came in on a day can be made unreadable for good, in every copy. */
export class ChannelKeys {
  readonly #deps: Deps
  readonly #current = new Map<string, { readonly day: number; readonly key: Promise<SealingKey> }>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  of(channelId: string, nowMs: number): Promise<SealingKey> {
    const day = Math.floor(nowMs / dayMs)
    const known = this.#current.get(channelId)
    if (known?.day === day) return known.key
    const key = this.#make(channelId, day)
    this.#current.set(channelId, { day, key })
    // The next one tries again.
    key.catch(() => this.#current.delete(channelId))
    return key
  }

  /** Inside a transaction over its own connection. */
  byId(id: number, db?: Db): Promise<SealingKey> {
    return this.#deps.vault.key(id, db)
  }

  /** Keys of days that are over: nothing that they sealed is wanted any more. */
  async destroyBefore(ts: number): Promise<number> {
    const ids = await channelKeysBefore(this.#deps.postgres, Math.floor(ts / dayMs))
    for (const id of ids) {
      await this.#deps.postgres.transaction((tx: Db) => this.#deps.vault.destroyKey(tx, id))
    }
    return ids.length
  }

  async #make(channelId: string, day: number): Promise<SealingKey> {
    const key = await this.#deps.vault.serverKey(`channel ${channelId} ${day}`)
    await insertChannelKey(this.#deps.postgres, channelId, day, key.id)
    return key
  }
}
