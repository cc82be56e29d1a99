/**
 * Sticky events: https://github.com/matrix-org/matrix-spec-proposals/pull/4354
 *
 * Whoever is in a room is told them while they stick, wherever the room's timeline begins for her and whatever its history
 * visibility says. They come in the order of the log, a limited number at a time; how far a client has come is a place in the log.
 */
import type { Clock } from '#platform/api.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { isIgnored, type VisibilityDeps } from '../events/visibility.ts'
import { stickyEventRows } from '../store/sticky-events.ts'
import type { Tail } from '../sync/tail.ts'

type Deps = VisibilityDeps & { clock: Clock; tail: Tail }

type Person = { readonly userId: number; readonly matrixId: string }

export type StickyWish = {
  readonly roomIds: ReadonlySet<number>
  /** Rooms that are new to the client: everything that sticks in them is, too. */
  readonly fresh: ReadonlySet<number>
  readonly after: number
  readonly until: number
  readonly limit: number
}

/** `end` is the place up to which everything was told. */
export type StickyPart = { readonly byRoom: ReadonlyMap<number, readonly StoredEvent[]>; readonly end: number }

export class StickyEvents {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Where there is more than fits, `end` may lie before `after`: what sticks in a fresh room is older than that. Somewhat is then
   * told twice, which is cheaper than to remember of each room how far it was told.
   */
  async since(person: Person, wish: StickyWish): Promise<StickyPart> {
    const { tail } = this.#deps
    const placed =
      wish.fresh.size === 0 && tail.reaches(wish.after) ? this.#fromTail(wish) : await this.#fromDatabase(wish)
    const told = placed.slice(0, wish.limit)
    const end = placed.length > wish.limit ? (told.at(-1)?.position ?? wish.after) : wish.until
    const ignored = await this.#deps.ignores.ignoredBy(person)
    const events = told.flatMap(({ event }) => (isIgnored(event, ignored) ? [] : event))
    return { byRoom: await this.#byRoom(events), end }
  }

  /** Without those of erased people, of whom nothing sticks any more. */
  async #byRoom(events: readonly StoredEvent[]): Promise<Map<number, StoredEvent[]>> {
    const byRoom = Map.groupBy(events, (event) => event.roomId)
    for (const [roomId, ofRoom] of byRoom) {
      const erased = await this.#deps.erasures.inRoom(roomId)
      if (erased.size === 0) continue
      byRoom.set(
        roomId,
        ofRoom.filter((event) => !erased.has(event.sender)),
      )
    }
    return byRoom
  }

  #fromTail({ roomIds, after, until }: StickyWish) {
    const nowTs = this.#deps.clock.nowMs()
    return this.#deps.tail.after(after).flatMap((entry) => {
      if (entry.kind !== 'event' || entry.position > until || !roomIds.has(entry.event.roomId)) return []
      return (entry.event.stickyUntil ?? 0) > nowTs ? [{ event: entry.event, position: entry.position }] : []
    })
  }

  async #fromDatabase({ roomIds, fresh, after, until, limit }: StickyWish) {
    const { db, clock, reader } = this.#deps
    const rows = await stickyEventRows(db, {
      roomIds: [...roomIds],
      wholeRoomIds: [...fresh],
      after,
      until,
      nowTs: clock.nowMs(),
      limit: limit + 1,
    })
    const events = await reader.byIds(rows.map((row) => row.eventId))
    const byId = new Map(events.map((event) => [event.id, event]))
    return rows.flatMap(({ eventId, position }) => {
      const event = byId.get(eventId)
      return event === undefined ? [] : [{ event, position }]
    })
  }
}

/** What stands in the timeline of the same answer is not told a second time. */
export function withoutTold(sticky: readonly StoredEvent[], timeline: readonly StoredEvent[]): readonly StoredEvent[] {
  if (sticky.length === 0) return sticky
  const told = new Set(timeline.map((event) => event.id))
  return sticky.filter((event) => !told.has(event.id))
}
