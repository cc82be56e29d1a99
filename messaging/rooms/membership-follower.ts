import { membershipSetBy, type TailEntry, type TailListener } from '../sync/tail.ts'
import type { Memberships } from './memberships.ts'
import type { RoomCache } from './room-cache.ts'

/** Keeps what is in memory about rooms and people in step with the log. */
export class MembershipFollower implements TailListener {
  readonly #memberships: Memberships
  readonly #rooms: RoomCache

  constructor(deps: { memberships: Memberships; rooms: RoomCache }) {
    this.#memberships = deps.memberships
    this.#rooms = deps.rooms
  }

  onEntries(entries: readonly TailEntry[], foreign: boolean): void {
    for (const entry of entries) {
      if (entry.roomId === null || entry.kind !== 'event') continue
      if (foreign) this.#rooms.reached(entry.roomId, entry.event.ordering)
      const change = membershipSetBy(entry.event)
      const { targetId } = entry.event
      if (change !== undefined && targetId !== undefined) {
        this.#memberships.apply(targetId, entry.roomId, change.membership)
      }
    }
  }
}
