/** Pages of a room's timeline, and single places in it, as one reader may see them. */
import type { Subject } from '#access/api.ts'
import { type Db, limits, refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import { eventRowsBackwards, eventRowsForwards, orderingAtPosition, positionOfEvent } from '../store/events.ts'
import { stateRowsAt } from '../store/room-state.ts'
import type { EventFilter } from '../sync/filter.ts'
import { parsePagingToken, timelineToken } from '../sync/tokens.ts'
import { aggregationsOf } from './aggregations.ts'
import type { EventReader } from './event-reader.ts'
import { eventText, type StoredEvent } from './stored-event.ts'
import { type Visibility, visibilityFor } from './visibility.ts'

export type PageWish = {
  readonly backwards: boolean
  readonly from: string | undefined
  readonly to: string | undefined
  readonly limit: number
  readonly filter: EventFilter
}

type Deps = { db: Db; reader: EventReader }
type Range = { readonly start: number; readonly end: number }

/** Filters may pass over much; a page gives up looking after as many rows and says where to go on. */
const rowsLookedAtMax = 5_000
const above = Number.MAX_SAFE_INTEGER
const below = Number.MIN_SAFE_INTEGER

export class Timeline {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The answer of /messages as JSON text. */
  async page(room: Room, subject: Subject, wish: PageWish): Promise<string> {
    const limit = Math.max(1, Math.min(wish.limit, limits.pageSizeMax))
    const start = await this.#place(room, wish.from, wish.backwards ? above : below)
    const end = await this.#place(room, wish.to, wish.backwards ? below : above)
    const visibility = await visibilityFor(this.#deps, room, subject)
    const range = within(visibility.ceiling, wish.backwards, { start, end })
    const { events, next } = await this.#collect(room, visibility, { ...wish, limit }, range)
    const aggregations = await aggregationsOf(this.#deps, subject, events, visibility)
    const chunk = events.map((event) => eventText(event, subject, aggregations.get(event.matrixId)))
    const speakers = wish.filter.lazyLoadMembers ? await this.#speakers(room, subject, events) : []
    const state = speakers.filter((event) => visibility.sees(event))
    const parts = [`"chunk":[${chunk.join(',')}]`, `"start":"${this.#startToken(room, wish, start)}"`]
    if (next !== undefined) parts.push(`"end":"${timelineToken(next)}"`)
    if (state.length > 0) parts.push(`"state":[${state.map((event) => eventText(event, subject)).join(',')}]`)
    return `{${parts.join(',')}}`
  }

  /** The answer of /context as JSON text. */
  async context(
    room: Room,
    subject: Subject,
    eventId: string,
    wish: { limit: number; filter: EventFilter },
  ): Promise<string> {
    const visibility = await visibilityFor(this.#deps, room, subject)
    const event = await this.#deps.reader.inRoom(room, eventId)
    if (event === undefined || !visibility.sees(event)) throw noSuchEvent()
    const limit = Math.min(wish.limit, limits.pageSizeMax)
    const half = Math.ceil(limit / 2)
    const range = (backwards: boolean) =>
      within(visibility.ceiling, backwards, { start: event.ordering, end: backwards ? below : above })
    const { filter } = wish
    const page = (backwards: boolean, count: number) =>
      count === 0
        ? { events: [] as StoredEvent[], next: undefined }
        : this.#collect(
            room,
            visibility,
            { backwards, limit: count, filter, from: undefined, to: undefined },
            range(backwards),
          )
    const [before, after] = await Promise.all([page(true, half), page(false, limit - half)])
    const all = [...before.events, event, ...after.events]
    const aggregations = await aggregationsOf(this.#deps, subject, all, visibility)
    const text = (one: StoredEvent) => eventText(one, subject, aggregations.get(one.matrixId))
    const state = await this.#stateAround(room, subject, after.events.at(-1) ?? event, filter, all)
    const first = before.events.at(-1)?.ordering ?? event.ordering
    const last = after.events.at(-1)?.ordering ?? event.ordering
    return (
      `{"event":${text(event)},"events_before":[${before.events.map(text).join(',')}],` +
      `"events_after":[${after.events.map(text).join(',')}],"state":[${state.map(text).join(',')}],` +
      `"start":"${timelineToken(first)}","end":"${timelineToken(last)}"}`
    )
  }

  /** One event as JSON text, with what belongs to it. */
  async event(room: Room, subject: Subject, eventId: string): Promise<string> {
    const visibility = await visibilityFor(this.#deps, room, subject)
    const event = await this.#deps.reader.inRoom(room, eventId)
    if (event === undefined || !visibility.sees(event)) throw noSuchEvent()
    const aggregations = await aggregationsOf(this.#deps, subject, [event], visibility)
    return eventText(event, subject, aggregations.get(event.matrixId))
  }

  async #collect(room: Room, visibility: Visibility, wish: PageWish, range: Range) {
    const events: StoredEvent[] = []
    let place = range.start
    let looked = 0
    const batch = Math.max(wish.limit, 50)
    for (;;) {
      const rows = wish.backwards
        ? await eventRowsBackwards(this.#deps.db, room.id, place, range.end, batch)
        : await eventRowsForwards(this.#deps.db, room.id, place, range.end, batch)
      for (let opened = 0; opened < rows.length; ) {
        // No more at once than may be wanted: opening an event costs more than reading its row.
        const group = rows.slice(opened, opened + wish.limit - events.length)
        opened += group.length
        for (const event of await this.#deps.reader.open(group)) {
          if (visibility.sees(event) && wish.filter.passes(event)) events.push(event)
          place = event.ordering
          if (events.length === wish.limit) return { events, next: place }
        }
      }
      looked += rows.length
      if (rows.length < batch) return { events, next: undefined }
      if (looked >= rowsLookedAtMax) return { events, next: place }
    }
  }

  async #place(room: Room, token: string | undefined, open: number): Promise<number> {
    if (token === undefined || token === '') return open
    const place = parsePagingToken(token)
    if ('ordering' in place) return place.ordering
    const ordering = await orderingAtPosition(this.#deps.db, room.id, place.position)
    return open === above ? ordering + 1 : ordering
  }

  #startToken(room: Room, wish: PageWish, start: number): string {
    if (wish.from !== undefined && wish.from !== '') return wish.from
    return timelineToken(start === above ? room.head.ordering + 1 : 0)
  }

  async #speakers(room: Room, subject: Subject, events: readonly StoredEvent[]): Promise<StoredEvent[]> {
    const people = new Set([subject.userId, ...events.map((event) => event.senderId)])
    const ids = [...people].flatMap((userId) => room.memberByUser(userId)?.internalId ?? [])
    return this.#deps.reader.byIds(ids)
  }

  async #stateAround(
    room: Room,
    subject: Subject,
    last: StoredEvent,
    filter: EventFilter,
    all: readonly StoredEvent[],
  ): Promise<StoredEvent[]> {
    const position = await positionOfEvent(this.#deps.db, room.id, last.id)
    if (position === undefined) return []
    const people = filter.lazyLoadMembers ? [subject.userId, ...all.map((event) => event.senderId)] : undefined
    const rows = await stateRowsAt(this.#deps.db, [{ roomId: room.id, position }], people)
    return this.#deps.reader.byIds(rows.map((row) => row.eventId))
  }
}

/** Without what the reader cannot see anyhow, so that nobody pages through what others said after he left. */
function within(ceiling: number, backwards: boolean, { start, end }: Range): Range {
  if (ceiling === above) return { start, end }
  return backwards ? { start: Math.min(start, ceiling + 1), end } : { start, end: Math.min(end, ceiling) }
}

export function noSuchEvent(): Error {
  return refuse('M_NOT_FOUND', 'There is no such message here, or you may not see it.')
}
