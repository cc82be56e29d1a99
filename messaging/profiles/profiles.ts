import type { Profiles as IdentityProfiles, Users } from '#identity/api.ts'
import type { JsonObject, JsonValue } from '#matrix/api.ts'
import { limits, type Postgres, refuse, type SealingKey } from '#platform/api.ts'
import { allProfileRows, type ProfileRow, profileRows, putProfile } from '../store/profiles.ts'

type Deps = { postgres: Postgres; users: Users }

/** Told after a profile changed, so that the rooms of the person hear of it. */
export type ProfileListener = (userId: number) => Promise<void>

/**
 * Names and faces of people. Sealed under each person's own key; opened ones are kept in bounded memory, because lists and
 * directories need many at once. https://spec.matrix.org/v1.19/client-server-api/#profiles
 */
export class Profiles implements IdentityProfiles {
  readonly #deps: Deps
  readonly #known = new Map<number, JsonObject>()
  #everybodyLoaded: Promise<void> | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async get(userId: number): Promise<JsonObject> {
    return (await this.many([userId])).get(userId) ?? {}
  }

  async many(userIds: readonly number[]): Promise<Map<number, JsonObject>> {
    const missing = userIds.filter((id) => !this.#known.has(id))
    if (missing.length > 0) await this.#open(await profileRows(this.#deps.postgres, missing))
    return new Map(userIds.map((id) => [id, this.#known.get(id) ?? {}]))
  }

  /** Sets or (with `undefined`) removes one field. */
  async set(userId: number, field: string, value: JsonValue | undefined): Promise<void> {
    const profile = { ...(await this.get(userId)) }
    if (value === undefined) delete profile[field]
    else profile[field] = value
    const bytes = Buffer.from(JSON.stringify(profile))
    if (bytes.length > limits.profileBytesMax) {
      throw refuse('M_PROFILE_TOO_LARGE', 'The profile would be too large. Shorten or remove a field.')
    }
    const key = await this.#deps.users.keyOf(userId)
    await putProfile(this.#deps.postgres, userId, key.seal('profile', String(userId), bytes))
    this.#keep(userId, profile)
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

  /** Everybody's profile, for searching people by name. */
  async everybody(): Promise<ReadonlyMap<number, JsonObject>> {
    this.#everybodyLoaded ??= allProfileRows(this.#deps.postgres).then((rows) => this.#open(rows))
    await this.#everybodyLoaded
    return this.#known
  }

  async #open(rows: readonly ProfileRow[]): Promise<void> {
    const keys = await this.#deps.users.keysOf(rows.map((row) => row.userId))
    for (const row of rows) {
      const key = keys.get(row.userId)
      if (key !== undefined) this.#keep(row.userId, openProfile(key, row))
    }
  }

  #keep(userId: number, profile: JsonObject): void {
    this.#known.delete(userId)
    this.#known.set(userId, profile)
    if (this.#known.size <= limits.profilesInMemoryMax) return
    for (const id of this.#known.keys()) {
      this.#known.delete(id)
      break
    }
  }
}

function openProfile(key: SealingKey, row: ProfileRow): JsonObject {
  return JSON.parse(key.open('profile', String(row.userId), row.sealed).toString('utf8')) as JsonObject
}

function nameIn(profile: JsonObject): string | undefined {
  return typeof profile.displayname === 'string' ? profile.displayname : undefined
}
