/** Pages of a room's timeline, and single places in it, as one reader may see them. */
import type { Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import { limits, refuse } from '#platform/api.ts'
import type { Room } from '../rooms/room.ts'
import {
  type EventRow,
  eventAtTime,
  eventRowsBackwards,
  eventRowsByIds,
  eventRowsForwards,
  positionAtPlace,
  positionOfEvent,
} from '../store/events.ts'
import { type ColumnFilter, filteredEventIds, type Stretch } from '../store/filtered-events.ts'
import { stateRowsAt } from '../store/room-state.ts'
import type { EventFilter } from '../sync/filter.ts'
import { tokenBehind } from '../sync/tokens.ts'
import { aggregationsOf } from './aggregations.ts'
import { placeOfToken } from './places.ts'
import { eventText, type StoredEvent } from './stored-event.ts'
import { shownOf, type Visibility, type VisibilityDeps, visibilityFor } from './visibility.ts'

export type PageWish = {
  readonly backwards: boolean
  readonly from: string | undefined
  readonly to: string | undefined
  readonly limit: number
  readonly filter: EventFilter
}

type Deps = VisibilityDeps & { users: Pick<Users, 'byMatrixIds'> }
type Chunk = { readonly events: readonly StoredEvent[]; readonly backwards: boolean }
/** Both lie behind the event that has the place: read backwards, `start` is the first that is read, and `end` is not. */
/** Rows that may pass, of so many that were looked at; `isEnd` where none follow. */
type Slice = {
  readonly rows: readonly EventRow[]
  readonly looked: number
  readonly last: number | undefined
  readonly isEnd: boolean
}
type Range = { readonly start: number; readonly end: number }

const batchMax = 500
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
    const { backwards } = wish
    const [from, to] = await Promise.all([wish.from, wish.to].map((token) => placeOfToken(this.#deps.db, room, token)))
    const start = from ?? (backwards ? above : below)
    const end = to ?? (backwards ? below : above)
    const visibility = await visibilityFor(this.#deps, room, subject)
    const range = within(visibility.ceiling, backwards, { start, end })
    const { events, next } = await this.#collect(room, visibility, { ...wish, limit }, range)
    const aggregations = await aggregationsOf(this.#deps, subject, events, visibility)
    const chunk = events.map((event) => eventText(event, subject, aggregations.get(event.matrixId)))
    const speakers = wish.filter.lazyLoadMembers ? await this.#speakers(room, subject, { events, backwards }) : []
    const state = shownOf(visibility, speakers)
    const parts = [
      `"chunk":[${chunk.join(',')}]`,
      `"start":"${wish.from || tokenBehind(backwards ? newest(room, events) : below)}"`,
    ]
    if (next !== undefined) parts.push(`"end":"${tokenBehind(next)}"`)
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
    const event = await this.#shown(room, visibility, eventId)
    const limit = Math.min(wish.limit, limits.pageSizeMax)
    const half = Math.ceil(limit / 2)
    const { filter } = wish
    const around = await this.around(room, visibility, event, { before: half, after: limit - half, filter })
    const all = [...around.before, event, ...around.after]
    const aggregations = await aggregationsOf(this.#deps, subject, all, visibility)
    const text = (one: StoredEvent) => eventText(one, subject, aggregations.get(one.matrixId))
    const place = lastPlace(visibility, (around.after.at(-1) ?? event).ordering)
    const state = place === undefined ? [] : await this.#stateAround(room, subject, place, filter, all)
    return (
      `{"event":${text(event)},"events_before":[${around.before.map(text).join(',')}],` +
      `"events_after":[${around.after.map(text).join(',')}],"state":[${state.map((one) => text(visibility.form(one))).join(',')}],` +
      `"start":"${around.start}","end":"${around.end}"}`
    )
  }

  /** What stands before an event (nearest first) and behind it, and the tokens to read on with. */
  async around(
    room: Room,
    visibility: Visibility,
    event: StoredEvent,
    wish: { before: number; after: number; filter: EventFilter },
  ) {
    const side = async (backwards: boolean, limit: number) => {
      if (limit === 0) return []
      const start = backwards ? event.ordering - 1 : event.ordering
      const range = within(visibility.ceiling, backwards, { start, end: backwards ? below : above })
      const page = { backwards, limit, filter: wish.filter, from: undefined, to: undefined }
      return (await this.#collect(room, visibility, page, range)).events
    }
    const [before, after] = await Promise.all([side(true, wish.before), side(false, wish.after)])
    const [first, last] = [before.at(-1) ?? event, after.at(-1) ?? event]
    return { before, after, start: tokenBehind(first.ordering - 1), end: tokenBehind(last.ordering) }
  }

  /** The event nearest to a time, among those that the reader sees, as the answer of /timestamp_to_event. */
  async eventAt(room: Room, subject: Subject, ts: number, forwards: boolean) {
    const visibility = await visibilityFor(this.#deps, room, subject)
    const found = await eventAtTime(this.#deps.db, room.id, ts, forwards, visibility.places)
    if (found === undefined) {
      throw refuse('M_NOT_FOUND', `There is nothing that you may see ${forwards ? 'after' : 'before'} this time.`)
    }
    return { event_id: found.matrixId, origin_server_ts: found.originTs }
  }

  /** One event as JSON text, with what belongs to it. */
  async event(room: Room, subject: Subject, eventId: string): Promise<string> {
    const visibility = await visibilityFor(this.#deps, room, subject)
    const event = await this.#shown(room, visibility, eventId)
    const aggregations = await aggregationsOf(this.#deps, subject, [event], visibility)
    return eventText(event, subject, aggregations.get(event.matrixId))
  }

  async #shown(room: Room, visibility: Visibility, eventId: string): Promise<StoredEvent> {
    const event = await this.#deps.reader.inRoom(room, eventId)
    const shown = event && visibility.shown(event)
    if (shown === undefined) throw noSuchEvent()
    return shown
  }

  /** `next` is where to go on; undefined at the end of what there is in that direction. */
  async #collect(room: Room, visibility: Visibility, wish: PageWish, range: Range) {
    const { filter, limit, backwards } = wish
    const columns = await this.#columns(visibility, filter)
    // To look what refers to a row costs about twice as much as the row itself.
    const rowCost = columns?.relatedBy === undefined ? 1 : 3
    const events: StoredEvent[] = []
    let [place, looked, opened] = [range.start, 0, 0]
    // Reading on backwards begins before what was read last.
    const behind = (ordering: number) => (backwards ? ordering - 1 : ordering)
    for (let batch = Math.max(limit, 50); ; batch = Math.max(limit, Math.min(batch * 2, batchMax))) {
      const stretch = { ...range, roomId: room.id, backwards, start: place, findMax: batch }
      const lookMax = Math.ceil(Math.min(batch * 10, limits.filteredRowsMax - looked) / rowCost)
      const slice =
        columns === undefined
          ? await this.#next(stretch)
          : await this.#nextPassing({ ...stretch, lookMax, places: visibility.places }, columns)
      for (let start = 0; start < slice.rows.length; ) {
        // No more at once than may be wanted: opening an event costs more than reading its row.
        const group = slice.rows.slice(start, start + limit - events.length)
        start += group.length
        for (const event of shownOf(visibility, await this.#deps.reader.open(group))) {
          if (!filter.passes(event)) continue
          events.push(event)
          if (events.length === limit) return { events, next: behind(event.ordering) }
        }
      }
      looked += slice.looked * rowCost
      opened += slice.rows.length
      place = behind(slice.last ?? place)
      if (slice.isEnd) return { events, next: undefined }
      if (looked >= limits.filteredRowsMax || opened >= limits.filteredEventsMax) return { events, next: place }
    }
  }

  async #next({ roomId, backwards, start, end, findMax }: Omit<Stretch, 'lookMax' | 'places'>): Promise<Slice> {
    const read = backwards ? eventRowsBackwards : eventRowsForwards
    const rows = await read(this.#deps.db, roomId, start, end, findMax)
    return { rows, looked: rows.length, last: rows.at(-1)?.ordering, isEnd: rows.length < findMax }
  }

  /** Of the next rows those that may pass, as far as it can be told without opening them. */
  async #nextPassing(stretch: Stretch, columns: ColumnFilter): Promise<Slice> {
    const { ids, looked, last } = await filteredEventIds(this.#deps.db, stretch, columns)
    const found = ids.length === 0 ? [] : await eventRowsByIds(this.#deps.db, ids)
    const rows = found.sort((a, b) => (stretch.backwards ? b.ordering - a.ordering : a.ordering - b.ordering))
    // What stands behind the last that was taken was not used up.
    if (ids.length === stretch.findMax) return { rows, looked: rows.length, last: rows.at(-1)?.ordering, isEnd: false }
    return { rows, looked, last, isEnd: looked < stretch.lookMax }
  }

  /** Undefined where every row may pass. */
  async #columns({ ignored }: Visibility, filter: EventFilter): Promise<ColumnFilter | undefined> {
    const { senders, notSenders, relatedBy } = filter
    if (filter.isOpen && ignored.size === 0) return undefined
    const { users } = this.#deps
    const named = [...(senders ?? []), ...notSenders, ...ignored, ...(relatedBy?.senders ?? [])]
    const people = await users.byMatrixIds([...new Set(named)])
    const ids = (some: Iterable<string>) => [...some].flatMap((matrixId) => people.get(matrixId)?.id ?? [])
    return {
      types: filter.types,
      notTypes: filter.notTypes,
      senders: senders && ids(senders),
      notSenders: ids(notSenders),
      ignored: ids(ignored),
      relatedBy: relatedBy && { relations: relatedBy.types, senders: relatedBy.senders && ids(relatedBy.senders) },
    }
  }

  /** The memberships of who speaks, as they were at the newest event of the page. */
  async #speakers(room: Room, subject: Subject, { events, backwards }: Chunk): Promise<StoredEvent[]> {
    const newest = backwards ? events[0] : events.at(-1)
    if (newest === undefined) return []
    const position = await positionOfEvent(this.#deps.db, room.id, newest.id)
    if (position === undefined) return []
    const people = [...new Set([subject.userId, ...events.map((event) => event.senderId)])]
    const rows = await stateRowsAt(this.#deps.db, [{ roomId: room.id, position }], people)
    const ids = rows.filter((row) => row.userId !== null).map((row) => row.eventId)
    return this.#deps.reader.byIds(ids)
  }

  async #stateAround(
    room: Room,
    subject: Subject,
    place: number,
    filter: EventFilter,
    all: readonly StoredEvent[],
  ): Promise<StoredEvent[]> {
    const position = await positionAtPlace(this.#deps.db, room.id, place)
    if (position === undefined) return []
    const people = filter.lazyLoadMembers ? [subject.userId, ...all.map((event) => event.senderId)] : undefined
    const rows = await stateRowsAt(this.#deps.db, [{ roomId: room.id, position }], people)
    return this.#deps.reader.byIds(rows.map((row) => row.eventId))
  }
}

/** Another node may have written events that the room in memory does not know of yet. */
function newest(room: Room, [event]: readonly StoredEvent[]): number {
  return Math.max(room.head.ordering, event?.ordering ?? 0)
}

/** Without what the reader cannot see anyhow, so that nobody pages through what others said after he left. */
function within(ceiling: number, backwards: boolean, { start, end }: Range): Range {
  if (ceiling === above) return { start, end }
  return backwards ? { start: Math.min(start, ceiling), end } : { start, end: Math.min(end, ceiling) }
}

/**
 * The last place up to the one given at which the reader sees what everybody says. Her own memberships she sees anywhere, and
 * they open nothing of what the room was at that time.
 */
function lastPlace({ places }: Visibility, ordering: number): number | undefined {
  const before = places.findLast(({ from }) => from <= ordering)
  return before && Math.min(before.to, ordering)
}

export function noSuchEvent(): Error {
  return refuse('M_NOT_FOUND', 'There is no such message here, or you may not see it.')
}
