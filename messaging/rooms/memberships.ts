import type { Membership } from '#access/api.ts'
import { type Db, limits, Recent } from '#platform/api.ts'
import { membershipRows } from '../store/room-state.ts'
import { membershipOfCode } from './room.ts'

type Kept = { rooms: ReadonlyMap<number, Membership>; version: number; position: number }

/**
 * The rooms of people, as committed, for people who were lately here. The map of a person is replaced when it
 * changes, never changed, so that whoever holds it may keep reading.
 */
export class Memberships {
  readonly #db: Db
  readonly #kept = new Recent<number, Kept>(limits.peopleInMemoryMax)
  readonly #loading = new Map<number, Promise<void>>()
  #version = 0

  constructor(db: Db) {
    this.#db = db
  }

  peek(userId: number): ReadonlyMap<number, Membership> | undefined {
    return this.#kept.peek(userId)?.rooms
  }

  version(userId: number): number {
    return this.#kept.peek(userId)?.version ?? 0
  }

  /** The place in the log of the newest change that was read from the database: what is kept holds from there on. */
  position(userId: number): number {
    return this.#kept.peek(userId)?.position ?? 0
  }

  async load(userId: number): Promise<ReadonlyMap<number, Membership>> {
    for (;;) {
      const kept = this.#kept.get(userId)
      if (kept !== undefined) return kept.rooms
      let loading = this.#loading.get(userId)
      if (loading === undefined) {
        loading = this.#read(userId).finally(() => this.#loading.delete(userId))
        this.#loading.set(userId, loading)
      }
      await loading
    }
  }

  /** A committed change. What is being read at this moment may or may not have it, and is read again. */
  apply(userId: number, roomId: number, membership: Membership): void {
    if (this.#loading.has(userId)) this.#stale.add(userId)
    const kept = this.#kept.peek(userId)
    if (kept === undefined) return
    const rooms = new Map(kept.rooms)
    rooms.set(roomId, membership)
    this.#version += 1
    this.#kept.set(userId, { ...kept, rooms, version: this.#version })
  }

  readonly #stale = new Set<number>()

  async #read(userId: number): Promise<void> {
    for (;;) {
      this.#stale.delete(userId)
      const rows = await membershipRows(this.#db, userId)
      if (this.#stale.delete(userId)) continue
      this.#version += 1
      const rooms = new Map(rows.map((row) => [row.roomId, membershipOfCode(row.membership)] as const))
      const position = rows.reduce((newest, row) => Math.max(newest, row.position), 0)
      this.#kept.set(userId, { rooms, version: this.#version, position })
      return
    }
  }
}
