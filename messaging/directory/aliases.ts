import { assertGrant, type Grant, type Subject } from '#access/api.ts'
import { buildAlias, isAlias, parseAlias } from '#matrix/api.ts'
import { type Db, refuse, SealBroken, type SealingKey, type Vault } from '#platform/api.ts'
import { aliasRow, aliasRowsOfRoom, insertAlias, moveAlias, removeAlias } from '../store/room-aliases.ts'

type Deps = { db: Db; vault: Pick<Vault, 'lookupHash'>; serverName: string }

type Named = { readonly id: number; readonly key: SealingKey }

/**
 * Addresses of rooms on this server, like #office:example.org.
 * https://spec.matrix.org/v1.19/client-server-api/#room-aliases
 */
export class Aliases {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The internal id of the room that an alias of this server leads to. */
  async resolve(alias: string): Promise<number | undefined> {
    return (await this.find(alias))?.roomId
  }

  async find(alias: string): Promise<{ roomId: number; creatorId: number } | undefined> {
    if (!isAlias(alias) || !this.isOurs(alias)) return undefined
    return aliasRow(this.#deps.db, this.#hash(alias))
  }

  isOurs(alias: string): boolean {
    return parseAlias(alias)?.serverName === this.#deps.serverName
  }

  /** Takes an alias for a room; refuses with M_ROOM_IN_USE when it is taken. Answers the whole alias. */
  async claim(localpart: string, room: Named, creator: Pick<Subject, 'userId'>): Promise<string> {
    const alias = this.#built(localpart)
    if (!(await this.#insert(alias, room, creator.userId))) throw taken(alias)
    return alias
  }

  /** Refuses a localpart that is malformed or taken, before anything is made. */
  async check(localpart: string): Promise<void> {
    const alias = this.#built(localpart)
    if ((await this.resolve(alias)) !== undefined) throw taken(alias)
  }

  /** Takes back what `claim` took for a room that could not be made. */
  async release(alias: string): Promise<void> {
    await removeAlias(this.#deps.db, this.#hash(alias))
  }

  /** Gives a room a further alias of this server. False when the alias is taken. */
  async give(grant: Grant, alias: string, room: Named): Promise<boolean> {
    assertGrant(grant, 'room.alias', room.id)
    return this.#insert(alias, room, grant.subject.userId)
  }

  /** All addresses of a room lead to the one that replaces it. */
  async move(grant: Grant, from: Named, to: Named): Promise<void> {
    assertGrant(grant, 'room.upgrade', from.id)
    const rows = await aliasRowsOfRoom(this.#deps.db, from.id)
    for (const row of rows) {
      const alias = openAlias(from.key, row)
      if (alias === undefined) continue
      const sealed = to.key.seal('room_alias', row.hash.toString('hex'), Buffer.from(alias))
      await moveAlias(this.#deps.db, { hash: row.hash, roomId: to.id, sealed })
    }
  }

  async remove(grant: Grant, alias: string): Promise<void> {
    assertGrant(grant, 'rooms.alias')
    await this.release(alias)
  }

  /** All aliases of a room, sorted. One that cannot be opened any more is left out. */
  async ofRoom(room: Named): Promise<string[]> {
    const rows = await aliasRowsOfRoom(this.#deps.db, room.id)
    return rows.flatMap((row) => openAlias(room.key, row) ?? []).sort()
  }

  #insert(alias: string, room: Named, creatorId: number): Promise<boolean> {
    const hash = this.#hash(alias)
    const sealed = room.key.seal('room_alias', hash.toString('hex'), Buffer.from(alias))
    return insertAlias(this.#deps.db, { hash, roomId: room.id, creatorId, sealed })
  }

  #hash(alias: string): Buffer {
    return this.#deps.vault.lookupHash('room_alias', alias)
  }

  #built(localpart: string): string {
    const alias = localpart.includes(':') ? undefined : buildAlias(localpart, this.#deps.serverName)
    if (alias === undefined) {
      throw refuse('M_INVALID_PARAM', 'This cannot be the address of a room. Use a short name without colons.')
    }
    return alias
  }
}

function openAlias(key: SealingKey, row: { hash: Buffer; sealed: Buffer }): string | undefined {
  try {
    return key.open('room_alias', row.hash.toString('hex'), row.sealed).toString('utf8')
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}

function taken(alias: string): Error {
  return refuse('M_ROOM_IN_USE', `The address ${alias} already belongs to a room. Choose another one.`)
}
