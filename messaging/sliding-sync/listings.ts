import { type Db, limits, Recent } from '#platform/api.ts'
import { bumps } from '../events/bumps.ts'
import { type ListingRow, listingRows } from '../store/rooms.ts'
import type { TailEntry, TailListener } from '../sync/tail.ts'

export type Listing = Omit<ListingRow, 'roomId'>

/**
 * By what lists of rooms are ordered and filtered, in bounded memory and in step with the log's tail: thousands of rooms are
 * sorted without a look into any of them.
 */
export class Listings implements TailListener {
  readonly #db: Db
  readonly #known = new Recent<number, Listing>(limits.roomListingsMax)
  /** Reads that are under way, each with the rooms in which something happened meanwhile that it may have missed. */
  readonly #reading = new Set<Set<number>>()

  constructor(deps: { db: Db }) {
    this.#db = deps.db
  }

  async of(roomIds: readonly number[]): Promise<ReadonlyMap<number, Listing>> {
    const found = new Map<number, Listing>()
    const missing: number[] = []
    for (const id of roomIds) {
      const known = this.#known.get(id)
      if (known === undefined) missing.push(id)
      else found.set(id, known)
    }
    if (missing.length === 0) return found
    const outdated = new Set<number>()
    this.#reading.add(outdated)
    const rows = await listingRows(this.#db, missing).finally(() => this.#reading.delete(outdated))
    for (const { roomId, ...listing } of rows) {
      found.set(roomId, listing)
      if (!outdated.has(roomId)) this.#known.set(roomId, listing)
    }
    return found
  }

  onEntries(entries: readonly TailEntry[]): void {
    for (const entry of entries) {
      if (entry.kind !== 'event' || entry.roomId === null) continue
      for (const outdated of this.#reading) outdated.add(entry.roomId)
      const known = this.#known.peek(entry.roomId)
      if (known === undefined) continue
      const { type, stateKey, pdu } = entry.event
      const ts = pdu.origin_server_ts
      this.#known.set(entry.roomId, {
        ...known,
        activeTs: Math.max(known.activeTs, ts),
        bumpTs: bumps(type) ? Math.max(known.bumpTs, ts) : known.bumpTs,
        isEncrypted: known.isEncrypted || (type === 'm.room.encryption' && stateKey === ''),
      })
    }
  }
}
