import type { Users } from '#identity/api.ts'
import {
  KeyUnavailable,
  type Logger,
  limits,
  type Postgres,
  Recent,
  Refusal,
  type SealingKey,
  type Vault,
} from '#platform/api.ts'
import type { RoomIdentity } from '../events/event-codec.ts'
import type { Room } from './room.ts'
import { identitiesOf, identityOf, loadRooms, type RoomIdentityRow } from './room-loader.ts'

type Deps = { db: Postgres; vault: Vault; users: Users; logger: Logger }

/** A room that changes on another node faster than it can be read is taken as it is; its writer compares heads anyway. */
const loadsMax = 3
/** Rooms that are read together. */
const roomsAtOnce = 100

/**
 * Rooms in memory. There is one `Room` object a room at a time; who finds that another object has taken its place
 * must build anew. Bounded by members and state entries held in all; the room asked for longest ago leaves first.
 */
export class RoomCache {
  readonly #deps: Deps
  readonly #rooms = new Recent<number, Room>(limits.roomCacheEntriesMax, { weigh: weightOf })
  readonly #loading = new Map<number, Promise<Room>>()
  /** By room that is being read: a place in its timeline that must be in what was read. */
  readonly #awaited = new Map<number, number>()
  readonly #idsByMatrixId = new Map<string, number>()
  readonly #identities = new Recent<number, RoomIdentityRow>(limits.roomIdentitiesMax, {
    onDropped: (_, { matrixId }) => this.#idsByMatrixId.delete(matrixId),
  })

  constructor(deps: Deps) {
    this.#deps = deps
  }

  peek(id: number): Room | undefined {
    return this.#rooms.peek(id)
  }

  async idOf(matrixId: string): Promise<number | undefined> {
    const known = this.#idsByMatrixId.get(matrixId)
    if (known !== undefined) return known
    const identity = await identityOf(this.#deps.db, matrixId)
    if (identity !== undefined) this.#remember(identity)
    return identity?.id
  }

  /** The room, read from the database when it is not in memory. Concurrent calls join. */
  room(id: number): Promise<Room> {
    const room = this.#rooms.peek(id)
    if (room !== undefined) {
      // Rooms grow while they are in memory, so they are weighed again whenever somebody comes to them.
      this.#rooms.set(id, room)
      return Promise.resolve(room)
    }
    let loading = this.#loading.get(id)
    if (loading === undefined) {
      loading = this.#load(id)
      this.#keepLoading(id, loading)
    }
    return loading
  }

  /** The same, or undefined where the room stays shut because what decides about it was damaged, or was erased. */
  async readable(id: number): Promise<Room | undefined> {
    try {
      return await this.room(id)
    } catch (error) {
      if (error instanceof Refusal && error.code === 'CHANCERY_UNREADABLE') return undefined
      if (error instanceof KeyUnavailable) return undefined
      throw error
    }
  }

  /** Many at once, a few queries for a hundred of them; those that stay shut are left out. */
  async readableOf(ids: readonly number[]): Promise<Map<number, Room>> {
    const missing = ids.filter((id) => this.#rooms.peek(id) === undefined && !this.#loading.has(id))
    for (let start = 0; start < missing.length; start += roomsAtOnce) {
      const some = missing.slice(start, start + roomsAtOnce)
      if (some.length === 1) break
      const all = this.#loadMany(some)
      for (const id of some) this.#keepLoading(id, this.#oneOf(all, id))
    }
    const rooms = await Promise.all(ids.map((id) => this.readable(id)))
    return new Map(ids.flatMap((id, n) => (rooms[n] === undefined ? [] : [[id, rooms[n]] as const])))
  }

  /** An erased room is like one that never was. */
  async byMatrixId(matrixId: string): Promise<Room | undefined> {
    const id = await this.idOf(matrixId)
    try {
      return id === undefined ? undefined : await this.room(id)
    } catch (error) {
      if (error instanceof KeyUnavailable) return undefined
      throw error
    }
  }

  /** The Matrix ids of rooms. */
  async matrixIds(ids: readonly number[]): Promise<Map<number, string>> {
    const missing = ids.filter((id) => !this.#identities.has(id))
    const read = missing.length === 0 ? [] : await identitiesOf(this.#deps.db, missing)
    for (const row of read) this.#remember(row)
    const known = new Map(read.map((row) => [row.id, row.matrixId]))
    for (const id of ids) {
      const identity = this.#identities.get(id)
      if (identity !== undefined) known.set(id, identity.matrixId)
    }
    return known
  }

  /** What opens and names events of rooms, without reading the rooms themselves. */
  async identities(ids: readonly number[]): Promise<Map<number, RoomIdentity>> {
    const missing = ids.filter((id) => !this.#identities.has(id))
    if (missing.length > 0) for (const row of await identitiesOf(this.#deps.db, missing)) this.#remember(row)
    const rows = ids.flatMap((id) => this.#identities.get(id) ?? [])
    const keys = await this.#deps.vault.keys(rows.map((row) => row.keyId))
    const found = new Map<number, RoomIdentity>()
    for (const row of rows) {
      const key: SealingKey | undefined = keys.get(row.keyId)
      if (key !== undefined) found.set(row.id, { id: row.id, matrixId: row.matrixId, version: row.version, key })
    }
    return found
  }

  /** A room that was just made. */
  add(room: Room, identity: RoomIdentityRow): void {
    this.#remember(identity)
    this.#rooms.set(room.id, room)
  }

  /**
   * An event was committed that the room in memory may not have: when it does not reach so far, it is forgotten, and what is
   * being read at this moment is read again.
   */
  reached(id: number, ordering: number): void {
    if (this.#loading.has(id)) this.#awaited.set(id, Math.max(ordering, this.#awaited.get(id) ?? 0))
    const room = this.#rooms.peek(id)
    if (room === undefined) return
    if (room.head.ordering < ordering) this.drop(id)
    else this.#rooms.set(id, room)
  }

  /** Forgets what is in memory: the database knows better, after a commit that failed. */
  drop(id: number): void {
    this.#rooms.delete(id)
  }

  /** The room does not exist any more: its name goes as well. */
  forget(id: number): void {
    this.drop(id)
    const identity = this.#identities.peek(id)
    if (identity === undefined) return
    this.#identities.delete(id)
    this.#idsByMatrixId.delete(identity.matrixId)
  }

  #keepLoading(id: number, loading: Promise<Room>): void {
    const kept = loading.finally(() => {
      this.#loading.delete(id)
      this.#awaited.delete(id)
    })
    // Whoever asked hears of a failure; what is kept for others may have nobody left to tell.
    kept.catch(() => undefined)
    this.#loading.set(id, kept)
  }

  async #load(id: number): Promise<Room> {
    let room: Room | undefined
    for (let loads = 0; loads < loadsMax; loads += 1) {
      room = roomAt(await this.#loadMany([id]), id)
      if (room.head.ordering >= (this.#awaited.get(id) ?? 0)) break
    }
    return this.#take(id, room)
  }

  /** One of many that were read together; by itself again when it has moved since. */
  async #oneOf(all: Promise<LoadedRooms>, id: number): Promise<Room> {
    const room = roomAt(await all, id)
    return room.head.ordering < (this.#awaited.get(id) ?? 0) ? this.#load(id) : this.#take(id, room)
  }

  #take(id: number, room: Room | undefined): Room {
    if (room === undefined) throw new Error(`room ${id} was not read`)
    this.#rooms.set(id, room)
    return room
  }

  async #loadMany(ids: readonly number[]): Promise<LoadedRooms> {
    const missing = ids.filter((id) => !this.#identities.has(id))
    const read = missing.length === 0 ? [] : await identitiesOf(this.#deps.db, missing)
    for (const identity of read) this.#remember(identity)
    const known = new Map(read.map((identity) => [identity.id, identity]))
    return loadRooms(
      this.#deps,
      ids.flatMap((id) => known.get(id) ?? this.#identities.get(id) ?? []),
    )
  }

  #remember(identity: RoomIdentityRow): void {
    this.#identities.set(identity.id, identity)
    this.#idsByMatrixId.set(identity.matrixId, identity.id)
  }
}

type LoadedRooms = Awaited<ReturnType<typeof loadRooms>>

function roomAt(rooms: LoadedRooms, id: number): Room {
  const found = rooms.get(id)
  if (found === undefined) throw new Error(`room ${id} does not exist`)
  if ('error' in found) throw found.error
  return found
}

function weightOf(room: Room): number {
  return 20 + room.size + room.state.size
}
