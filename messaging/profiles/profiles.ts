import type { Profiles as IdentityProfiles, Users } from '#identity/api.ts'
import type { JsonObject, JsonValue } from '#matrix/api.ts'
import {
  type Log,
  type Logger,
  limits,
  logKinds,
  type Postgres,
  Recent,
  refuse,
  SealBroken,
  type SealingKey,
  type Tx,
} from '#platform/api.ts'
import { FreshReads } from '../fresh-reads.ts'
import { deleteProfile, lockProfile, type ProfileRow, profileRows, putProfile } from '../store/profiles.ts'
import type { TailEntry, TailListener } from '../sync/tail.ts'

type Deps = { postgres: Postgres; users: Users; log: Log; logger: Logger }

/**
 * Names and faces of people. Sealed under each person's own key; opened ones are kept in bounded memory, because lists
 * need many at once. The log tells every node of a change. https://spec.matrix.org/v1.19/client-server-api/#profiles
 */
export class Profiles implements IdentityProfiles, TailListener {
  readonly #deps: Deps
  readonly #known = new Recent<number, JsonObject>(limits.profilesInMemoryMax)
  readonly #reads = new FreshReads<number>()
  readonly #listeners: ((userId: number) => void)[] = []

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async get(userId: number): Promise<JsonObject> {
    return (await this.many([userId])).get(userId) ?? {}
  }

  /** Somebody without a profile, or with one that cannot be opened any more, has an empty one. */
  async many(userIds: readonly number[]): Promise<Map<number, JsonObject>> {
    const found = new Map<number, JsonObject>()
    const missing: number[] = []
    for (const id of userIds) {
      const profile = this.#known.get(id)
      if (profile === undefined) missing.push(id)
      else found.set(id, profile)
    }
    if (missing.length > 0) for (const [id, profile] of await this.#read(missing)) found.set(id, profile)
    return found
  }

  /** Told whose profile changed, on this node or another. */
  onChanged(listener: (userId: number) => void): void {
    this.#listeners.push(listener)
  }

  /** Sets or (with `undefined`) removes one field. Whoever changes another field at the same time waits. */
  async set(userId: number, field: string, value: JsonValue | undefined): Promise<void> {
    const { postgres, users, log } = this.#deps
    const key = await users.keyOf(userId)
    const rows = await postgres.transaction(async (tx) => {
      const profile = { ...(await this.#locked(tx, key, userId)) }
      if (value === undefined) delete profile[field]
      else profile[field] = value
      const bytes = Buffer.from(JSON.stringify(profile))
      if (bytes.length > limits.profileBytesMax) {
        throw refuse('M_PROFILE_TOO_LARGE', 'The profile would be too large. Shorten or remove a field.')
      }
      await putProfile(tx, userId, seal(key, userId, bytes))
      return log.append(tx, [{ kind: logKinds.profile, roomId: null, userId, reference: userId }])
    })
    this.#changed(userId)
    log.announce(rows)
  }

  onEntries(entries: readonly TailEntry[]): void {
    for (const entry of entries) if (entry.kind === 'profile' && entry.userId !== null) this.#changed(entry.userId)
  }

  /** Nothing of it stays. */
  async remove(userId: number): Promise<void> {
    const { postgres, log } = this.#deps
    const rows = await postgres.transaction(async (tx) => {
      await deleteProfile(tx, userId)
      return log.append(tx, [{ kind: logKinds.profile, roomId: null, userId, reference: userId }])
    })
    this.#changed(userId)
    log.announce(rows)
  }

  setDisplayName(userId: number, displayName: string): Promise<void> {
    return this.set(userId, 'displayname', displayName)
  }

  async displayName(userId: number): Promise<string | undefined> {
    return nameIn(await this.get(userId))
  }

  async displayNames(userIds: readonly number[]): Promise<Map<number, string>> {
    const names = new Map<number, string>()
    for (const [userId, profile] of await this.many(userIds)) {
      const name = nameIn(profile)
      if (name !== undefined) names.set(userId, name)
    }
    return names
  }

  /** What a member event says of the person. */
  async memberContent(userId: number): Promise<JsonObject> {
    const profile = await this.get(userId)
    const content: JsonObject = {}
    if (typeof profile.displayname === 'string') content.displayname = profile.displayname
    if (typeof profile.avatar_url === 'string') content.avatar_url = profile.avatar_url
    return content
  }

  #changed(userId: number): void {
    this.#reads.touched(userId)
    this.#known.delete(userId)
    for (const listener of this.#listeners) listener(userId)
  }

  #read(userIds: readonly number[]): Promise<Map<number, JsonObject>> {
    return this.#reads.read(async () => {
      const rows = await profileRows(this.#deps.postgres, userIds)
      const keys = await this.#deps.users.keysOf(rows.map((row) => row.userId))
      const found = new Map(userIds.map((id): [number, JsonObject] => [id, {}]))
      for (const row of rows) found.set(row.userId, this.#open(keys.get(row.userId), row))
      for (const [id, profile] of found) if (this.#reads.isFresh(id)) this.#known.set(id, profile)
      return found
    })
  }

  async #locked(tx: Tx, key: SealingKey, userId: number): Promise<JsonObject> {
    await putProfile(tx, userId, seal(key, userId, Buffer.from('{}')), { unlessThere: true })
    const row = await lockProfile(tx, userId)
    return row === undefined ? {} : this.#open(key, row)
  }

  /** What was altered on the disk, or whose key is gone, says nothing; it takes nobody else's along. */
  #open(key: SealingKey | undefined, row: ProfileRow): JsonObject {
    if (key === undefined) return {}
    try {
      return JSON.parse(key.open('profile', String(row.userId), row.sealed).toString('utf8')) as JsonObject
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      this.#deps.logger.error('profile.seal_broken', { user: row.userId, error })
      return {}
    }
  }
}

function seal(key: SealingKey, userId: number, bytes: Buffer): Buffer {
  return key.seal('profile', String(userId), bytes)
}

function nameIn(profile: JsonObject): string | undefined {
  return typeof profile.displayname === 'string' ? profile.displayname : undefined
}
