import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Clock, type Limits, type Postgres, refuse, type SealingKey, type Vault } from '#platform/api.ts'
import {
  countPushers,
  type PusherRow,
  pusherRows,
  putPusher,
  removeOwnPusher,
  removePushersOfOthers,
} from '../store/pushers.ts'

/** A pusher in its wire form: https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3pushers */
export type Pusher = {
  readonly kind: 'http'
  readonly app_id: string
  readonly pushkey: string
  readonly app_display_name: string
  readonly device_display_name: string
  readonly lang: string
  readonly profile_tag?: string
  readonly data: JsonObject & { readonly url: string }
}

type Deps = {
  postgres: Postgres
  vault: Vault
  users: Pick<Users, 'keyOf'>
  clock: Clock
  limits: Pick<Limits, 'pushersOfPersonMax'>
}

const purpose = 'pusher'

/** Where people want to be told of what happens while their devices sleep. Everything of it is sealed. */
export class Pushers {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Takes the place of the person's pusher for the same app and push key, and of other people's unless `append` is set. */
  async set(owner: { userId: number; deviceId: string }, pusher: Pusher, append: boolean): Promise<void> {
    const { postgres, users, clock } = this.#deps
    const { userId, deviceId } = owner
    const addressHash = this.#hash(pusher)
    const key = await users.keyOf(userId)
    const sealed = key.seal(purpose, subjectOf(userId, addressHash), Buffer.from(JSON.stringify(pusher)))
    await postgres.transaction(async (tx) => {
      if (!append) await removePushersOfOthers(tx, userId, addressHash)
      await putPusher(tx, { userId, deviceId, addressHash, sealed, setTs: clock.nowMs() })
      if ((await countPushers(tx, userId)) > this.#deps.limits.pushersOfPersonMax) {
        throw refuse('M_LIMIT_EXCEEDED', 'You have too many pushers. Remove those of devices that you no longer use.', {
          status: 400,
        })
      }
    })
  }

  async remove(userId: number, address: { app_id: string; pushkey: string }): Promise<void> {
    await removeOwnPusher(this.#deps.postgres, userId, this.#hash(address))
  }

  async of(userId: number): Promise<Pusher[]> {
    const rows = await pusherRows(this.#deps.postgres, userId)
    if (rows.length === 0) return []
    const key = await this.#deps.users.keyOf(userId)
    return rows.map((row) => openPusher(key, row))
  }

  #hash({ app_id, pushkey }: { app_id: string; pushkey: string }): Buffer {
    return this.#deps.vault.lookupHash('pusher', JSON.stringify([app_id, pushkey]))
  }
}

export function openPusher(key: SealingKey, row: Pick<PusherRow, 'userId' | 'addressHash' | 'sealed'>): Pusher {
  return JSON.parse(key.open(purpose, subjectOf(row.userId, row.addressHash), row.sealed).toString('utf8')) as Pusher
}

function subjectOf(userId: number, addressHash: Buffer): string {
  return `${userId} ${addressHash.toString('hex')}`
}
