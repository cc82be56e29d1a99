import type { Access, Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { type Clock, type Log, type LogReader, limits } from '#platform/api.ts'
import { aggregationsOf } from '../events/aggregations.ts'
import { type Aggregations, eventText, type StoredEvent } from '../events/stored-event.ts'
import type { Timeline } from '../events/timeline.ts'
import type { Visibility, VisibilityDeps } from '../events/visibility.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { RoomStates } from '../rooms/room-states.ts'
import { positionOfEvent } from '../store/events.ts'
import { forgottenRooms } from '../store/forgotten-rooms.ts'
import { stateRowsAt } from '../store/room-state.ts'
import { parseEventFilter } from '../sync/filter.ts'
import { Finder, type Found, type FoundPage } from './finder.ts'
import { type GroupKey, parseSearch, placeToken, type SearchWish } from './query.ts'
import { writtenForms } from './words.ts'

type Deps = VisibilityDeps & {
  access: Access
  clock: Clock
  log: Pick<Log, 'position'>
  indexer: { readonly reader: LogReader }
  rooms: RoomCache
  memberships: Memberships
  states: RoomStates
  timeline: Timeline
}

const highlightsMax = 50
const open = parseEventFilter({}, 'filter')

/** Searching what was said. https://spec.matrix.org/v1.19/client-server-api/#server-side-search */
export class Search {
  readonly #deps: Deps
  readonly #finder: Finder

  constructor(deps: Deps) {
    this.#deps = deps
    this.#finder = new Finder(deps)
  }

  /** The results of the category `room_events` as JSON text. */
  async roomEvents(subject: Subject, criteria: JsonObject, nextBatch: string | undefined): Promise<string> {
    const wish = parseSearch(criteria, nextBatch)
    await this.#caughtUp()
    const page = await this.#finder.page(subject, await this.#roomsOf(subject), wish)
    const results: string[] = []
    const aggregations = await this.#aggregations(subject, page.found)
    for (const found of page.found) results.push(await this.#result(subject, found, wish, aggregations))
    const parts = [
      `"count":${page.count}`,
      `"highlights":${JSON.stringify(highlights(page.found, wish))}`,
      `"results":[${results.join(',')}]`,
    ]
    if (wish.includeState) parts.push(`"state":${await this.#state(subject, page.found)}`)
    if (wish.groupBy.length > 0) parts.push(`"groups":${JSON.stringify(groupsOf(page, wish))}`)
    if (page.next !== undefined) parts.push(`"next_batch":"${placeToken(wish.order, page.next)}"`)
    return `{${parts.join(',')}}`
  }

  /** What this person said a moment ago is to be found, when the reader of the log is not far behind. */
  async #caughtUp(): Promise<void> {
    const { indexer, log, clock } = this.#deps
    const over = new AbortController()
    const late = clock.sleep(limits.searchWaitMs, over.signal).catch(() => undefined)
    await Promise.race([indexer.reader.reached(log.position()), late])
    over.abort()
  }

  /** Rooms that the person is in or was in. */
  async #roomsOf(subject: Subject): Promise<number[]> {
    await this.#deps.memberships.load(subject.userId)
    const { joined, left } = this.#deps.access.visible(subject)
    const forgotten = left.size === 0 ? new Set<number>() : await forgottenRooms(this.#deps.db, subject.userId)
    return [...joined, ...[...left].filter((roomId) => !forgotten.has(roomId))]
  }

  async #aggregations(subject: Subject, found: readonly Found[]): Promise<Map<string, Aggregations>> {
    const all = new Map<string, Aggregations>()
    for (const ofRoom of Map.groupBy(found, (one) => one.room.id).values()) {
      const visibility = ofRoom[0]?.visibility
      if (visibility === undefined) continue
      const events = ofRoom.map((one) => one.event)
      for (const [id, value] of await aggregationsOf(this.#deps, subject, events, visibility)) all.set(id, value)
    }
    return all
  }

  async #result(
    subject: Subject,
    found: Found,
    { context }: SearchWish,
    aggregations: ReadonlyMap<string, Aggregations>,
  ): Promise<string> {
    const { event, rank } = found
    const text = eventText(event, subject, aggregations.get(event.matrixId))
    const parts = [`"rank":${rank}`, `"result":${text}`]
    if (context !== undefined) parts.push(`"context":${await this.#context(subject, found, context)}`)
    return `{${parts.join(',')}}`
  }

  async #context(
    subject: Subject,
    { event, room, visibility }: Found,
    wish: NonNullable<SearchWish['context']>,
  ): Promise<string> {
    const around = await this.#deps.timeline.around(room, visibility, event, { ...wish, filter: open })
    const events = [...around.before, ...around.after]
    const aggregations = await aggregationsOf(this.#deps, subject, events, visibility)
    const text = (one: StoredEvent) => eventText(one, subject, aggregations.get(one.matrixId))
    const parts = [
      `"start":"${around.start}"`,
      `"end":"${around.end}"`,
      `"events_before":[${around.before.map(text).join(',')}]`,
      `"events_after":[${around.after.map(text).join(',')}]`,
    ]
    if (wish.profiles) parts.push(`"profile_info":${await this.#profiles(event, events, visibility)}`)
    return `{${parts.join(',')}}`
  }

  /** Names and pictures as they were when the event that was found was sent. */
  async #profiles(event: StoredEvent, others: readonly StoredEvent[], { form }: Visibility): Promise<string> {
    const position = await positionOfEvent(this.#deps.db, event.roomId, event.id)
    if (position === undefined) return '{}'
    const people = [...new Set([event, ...others].map((one) => one.senderId))]
    const rows = await stateRowsAt(this.#deps.db, [{ roomId: event.roomId, position }], people)
    const members = await this.#deps.reader.byIds(rows.filter((row) => row.userId !== null).map((row) => row.eventId))
    const profiles = members.map(form).map(({ stateKey, content: { displayname, avatar_url } }) => [
      stateKey ?? '',
      {
        ...(typeof displayname === 'string' && { displayname }),
        ...(typeof avatar_url === 'string' && { avatar_url }),
      },
    ])
    return JSON.stringify(Object.fromEntries(profiles))
  }

  async #state(subject: Subject, found: readonly Found[]): Promise<string> {
    const rooms = new Map(found.map(({ room }) => [room.id, room]))
    const parts: string[] = []
    for (const room of rooms.values()) {
      const events = await this.#deps.states.visibleTo(room, subject)
      parts.push(`${JSON.stringify(room.matrixId)}:[${events.map((event) => eventText(event, subject)).join(',')}]`)
    }
    return `{${parts.join(',')}}`
  }
}

/** What clients mark: the words looked for, and how they are written where they were found. */
function highlights(found: readonly Found[], { words }: SearchWish): string[] {
  const all = new Set(words)
  for (const { text } of found) {
    if (all.size >= highlightsMax) break
    for (const form of writtenForms(text, words, highlightsMax - all.size)) all.add(form)
  }
  return [...all]
}

function groupsOf({ found, next }: FoundPage, { groupBy, order }: SearchWish): JsonObject {
  return Object.fromEntries(groupBy.map((key) => [key, groupOf(key)]))

  function groupOf(key: GroupKey): JsonObject {
    const groups = Map.groupBy(found, ({ event }) => (key === 'sender' ? event.sender : event.roomMatrixId))
    return Object.fromEntries(
      [...groups].map(([value, ofGroup], n) => [
        value,
        {
          order: n,
          results: ofGroup.map(({ event }) => event.matrixId),
          ...(next !== undefined && {
            next_batch: placeToken(order, { at: placeInGroup(ofGroup), group: { key, value } }),
          }),
        },
      ]),
    )
  }

  /** Results are counted within the group where they are ranked. */
  function placeInGroup(ofGroup: readonly Found[]): number {
    return order === 'recent' ? (ofGroup.at(-1)?.position ?? 0) : ofGroup.length
  }
}
