import type { Subject } from '#access/api.ts'
import { limits } from '#platform/api.ts'
import { newestEdits } from '../events/aggregations.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import { everything, shownOf, type Visibility, type VisibilityDeps, visibilityFor } from '../events/visibility.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { type Hit, newestHits, recentHits, someHits, type WantedWords } from '../store/message-words.ts'
import type { SearchPlace, SearchWish } from './query.ts'
import { searchableText } from './searchable.ts'
import { wordHashes } from './word-hashes.ts'
import { occurrences } from './words.ts'

type Deps = VisibilityDeps & { rooms: RoomCache }

export type Found = {
  readonly event: StoredEvent
  readonly room: Room
  readonly visibility: Visibility
  /** What was searched: its edit's, when it has one. */
  readonly text: string
  readonly rank: number
  readonly position: number
}

export type FoundPage = {
  readonly found: readonly Found[]
  readonly next: SearchPlace | undefined
  readonly count: number
}

const openedAtOnce = 50
const beginning = Number.MAX_SAFE_INTEGER

/** Finds messages by the hashes of their words and reads what it finds: nothing is told that the reader may not see. */
export class Finder {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** `roomIds` are rooms that access lets the person read. */
  async page(subject: Subject, roomIds: readonly number[], wish: SearchWish): Promise<FoundPage> {
    const rooms = await this.#wanted(roomIds, wish)
    if (wish.words.size === 0 || rooms.length === 0) return { found: [], next: undefined, count: 0 }
    return wish.order === 'recent' ? this.#recent(subject, rooms, wish) : this.#ranked(subject, rooms, wish)
  }

  async #wanted(roomIds: readonly number[], { words, filter, from }: SearchWish): Promise<WantedWords[]> {
    const rooms = await this.#deps.rooms.identities(roomIds)
    const only = from?.group?.key === 'room_id' ? from.group.value : undefined
    return [...rooms.values()]
      .filter(({ matrixId }) => filter.allowsRoom(matrixId) && (only === undefined || matrixId === only))
      .map(({ id, key }) => ({ roomId: id, words: wordHashes(key, [...words]) }))
  }

  async #recent(subject: Subject, rooms: readonly WantedWords[], wish: SearchWish): Promise<FoundPage> {
    const { hits, isAll } = await this.#hits(rooms, wish.from?.at ?? beginning, limits.searchOpenedMax)
    const visible = new VisibleRooms(this.#deps, subject)
    const found: Found[] = []
    let opened = 0
    // One more than is told: that there is more is said only of what the reader may see.
    while (opened < hits.length && opened < limits.searchOpenedMax && found.length <= wish.limit) {
      const group = hits.slice(opened, Math.min(opened + openedAtOnce, limits.searchOpenedMax))
      opened += group.length
      found.push(...(await this.#open(visible, group, wish)))
    }
    const page = found.slice(0, wish.limit)
    const last = page.at(-1)
    if (found.length > wish.limit && last !== undefined) {
      const others = hits.slice(opened).filter((hit) => visible.isWhole(hit.roomId)).length
      return { found: page, next: placeBelow(last.position, wish), count: found.length + others }
    }
    const end = hits[opened - 1]
    const isOver = end === undefined || (isAll && opened === hits.length)
    return { found: page, next: isOver ? undefined : placeBelow(end.position, wish), count: page.length }
  }

  /** The best of the newest that have the words; the order of more would change from page to page. */
  async #ranked(subject: Subject, rooms: readonly WantedWords[], wish: SearchWish): Promise<FoundPage> {
    const { hits } = await this.#hits(rooms, beginning, limits.searchOpenedMax)
    const visible = new VisibleRooms(this.#deps, subject)
    const all: Found[] = []
    for (let opened = 0; opened < Math.min(hits.length, limits.searchOpenedMax); opened += openedAtOnce) {
      const group = hits.slice(opened, Math.min(opened + openedAtOnce, limits.searchOpenedMax))
      all.push(...(await this.#open(visible, group, wish)))
    }
    all.sort((a, b) => b.rank - a.rank || b.position - a.position)
    const start = wish.from?.at ?? 0
    const end = start + wish.limit
    const group = wish.from?.group
    const next = end < all.length ? { at: end, ...(group && { group }) } : undefined
    return { found: all.slice(start, end), next, count: all.length }
  }

  /**
   * A rare term is found by looking at every message that has it. Of a common one some thousands are enough to know that it is
   * common; then the newest messages have it, and the others need not be looked at.
   */
  async #hits(rooms: readonly WantedWords[], before: number, atLeast: number) {
    const { db } = this.#deps
    const some = await someHits(db, rooms, before, limits.searchHitsMax)
    if (some.length < limits.searchHitsMax) return { hits: some, isAll: true }
    const recent = await recentHits(db, rooms, before, limits.searchHitsMax, limits.searchRecentMax)
    if (recent.length >= atLeast) return { hits: recent, isAll: false }
    return { hits: await newestHits(db, rooms, before, limits.searchHitsMax), isAll: false }
  }

  async #open(visible: VisibleRooms, hits: readonly Hit[], wish: SearchWish): Promise<Found[]> {
    const positions = new Map(hits.map((hit) => [hit.eventId, hit.position]))
    const events = await this.#deps.reader.byIds(hits.map((hit) => hit.eventId))
    const passing = events.filter(
      (event) => wish.types.has(event.type) && !event.isRedacted && wish.filter.passes(event) && isInGroup(event, wish),
    )
    const found: Found[] = []
    for (const [roomId, ofRoom] of Map.groupBy(passing, (event) => event.roomId)) {
      const { room, visibility } = (await visible.of(roomId)) ?? {}
      if (room === undefined || visibility === undefined) continue
      const seen = shownOf(visibility, ofRoom)
      const ids = seen.map((event) => event.matrixId)
      const edits = await newestEdits({ ...this.#deps, visibility }, ids)
      for (const event of seen) {
        const text = searchableText(event, edits.get(event.matrixId))
        const rank = rankOf(text, wish.words)
        // Hashes may meet by chance, and the edit that holds the word may be hidden from this reader.
        if (rank > 0) found.push({ event, room, visibility, text, rank, position: positions.get(event.id) ?? 0 })
      }
    }
    return found.sort((a, b) => b.position - a.position)
  }
}

/** Rooms and what the person sees of them, looked up once a search. */
class VisibleRooms {
  readonly #deps: Deps
  readonly #subject: Subject
  readonly #rooms = new Map<number, Promise<{ room: Room; visibility: Visibility } | undefined>>()
  readonly #whole = new Set<number>()

  constructor(deps: Deps, subject: Subject) {
    this.#deps = deps
    this.#subject = subject
  }

  of(roomId: number) {
    let found = this.#rooms.get(roomId)
    if (found === undefined) {
      found = this.#look(roomId)
      this.#rooms.set(roomId, found)
    }
    return found
  }

  /** Whether nothing of the room is hidden from the person, as far as it was looked up. */
  isWhole(roomId: number): boolean {
    return this.#whole.has(roomId)
  }

  async #look(roomId: number) {
    const room = await this.#deps.rooms.readable(roomId)
    if (room === undefined) return undefined
    const visibility = await visibilityFor(this.#deps, room, this.#subject)
    if (visibility === everything) this.#whole.add(roomId)
    return { room, visibility }
  }
}

function placeBelow(position: number, { from }: SearchWish): SearchPlace {
  return { at: position, ...(from?.group && { group: from.group }) }
}

function isInGroup(event: StoredEvent, { from }: SearchWish): boolean {
  return from?.group?.key !== 'sender' || event.sender === from.group.value
}

/** 0 unless every word is there; more for words that come back, and for short texts. */
function rankOf(text: string, words: ReadonlySet<string>): number {
  const { counts, length } = occurrences(text, words)
  if (counts.size < words.size) return 0
  let rank = 0
  for (const count of counts.values()) rank += 1 + Math.log(count)
  return rank / words.size / Math.log2(length + 2)
}
