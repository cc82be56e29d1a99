import type { Users } from '#identity/api.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '#matrix/api.ts'
import { type Db, Recent, refuse, type Vault } from '#platform/api.ts'
import { putSyncFilter, syncFilterRow } from '../store/sync-filters.ts'
import { parseSyncFilter } from '../sync/filter.ts'

type Deps = { db: Db; vault: Pick<Vault, 'lookupHash'>; users: Pick<Users, 'keyOf'> }

/** A stored filter never changes, so it can be remembered; clients name theirs at every sync. */
const rememberedMax = 2_000
/** The largest known clients send half a kilobyte; this leaves room for lists of rooms. */
const filterBytesMax = 64 * 1_024
/** Ids are 32 bits wide in the table. */
const storedId = /^\d{1,9}$/

/** Filters that clients store and name later. https://spec.matrix.org/v1.19/client-server-api/#filtering */
export class Filters {
  readonly #deps: Deps
  readonly #remembered = new Recent<string, JsonObject>(rememberedMax)

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Stores a filter and answers its id; the same filter gets the same id. Refuses a malformed one. */
  async define(userId: number, filter: JsonObject): Promise<string> {
    parseSyncFilter(filter)
    const text = JSON.stringify(filter)
    if (Buffer.byteLength(text) > filterBytesMax) {
      throw refuse('M_TOO_LARGE', 'The filter is too large. Name fewer rooms and people in it.')
    }
    const hash = this.#deps.vault.lookupHash(`sync_filter ${userId}`, text)
    const key = await this.#deps.users.keyOf(userId)
    const sealed = key.seal('sync_filter', subjectOf(userId, hash), Buffer.from(text))
    const id = String(await putSyncFilter(this.#deps.db, { userId, hash, sealed }))
    this.#remembered.set(`${userId} ${id}`, filter)
    return id
  }

  /** A stored filter; undefined when this person has none of that id. */
  async get(userId: number, id: string): Promise<JsonObject | undefined> {
    if (!storedId.test(id)) return undefined
    const name = `${userId} ${Number(id)}`
    const known = this.#remembered.get(name)
    if (known !== undefined) return known
    const row = await syncFilterRow(this.#deps.db, userId, Number(id))
    if (row === undefined) return undefined
    const key = await this.#deps.users.keyOf(userId)
    const plain = key.open('sync_filter', subjectOf(userId, row.hash), row.sealed)
    const filter = JSON.parse(plain.toString('utf8')) as JsonObject
    this.#remembered.set(name, filter)
    return filter
  }

  /** What the `filter` parameter of a request means: the id of a stored filter, or a filter written out as JSON. */
  async resolve(userId: number, text: string): Promise<JsonValue> {
    if (text.startsWith('{')) return parseInline(text)
    const filter = await this.get(userId, text)
    if (filter === undefined) {
      throw refuse('M_INVALID_PARAM', 'There is no filter of this id. Store the filter again, or send it as JSON.')
    }
    return filter
  }
}

function parseInline(text: string): JsonObject {
  let filter: unknown
  try {
    filter = JSON.parse(text)
  } catch (cause) {
    throw refuse('M_BAD_JSON', 'The filter is not valid JSON. Send the id of a stored filter, or one JSON object.', {
      cause,
    })
  }
  if (!isJsonObject(filter)) throw refuse('M_BAD_JSON', 'The filter must be one JSON object.')
  return filter
}

function subjectOf(userId: number, hash: Buffer): string {
  return `${userId} ${hash.toString('hex')}`
}
