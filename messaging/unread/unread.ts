/**
 * Unread counts without a row a member and event (docs/decisions/0008-unread-as-a-difference.md). What a person has not read
 * of a room is counted anew from the database when she comes, and from then on kept up by the newest events in memory.
 */
import { type Db, limits, Recent } from '#platform/api.ts'
import type { EventReader } from '../events/event-reader.ts'
import { pushContext } from '../events/notice.ts'
import { changesRules, type PeopleRules } from '../push/people-rules.ts'
import type { RulesInForce } from '../push/rules-in-force.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { Receipt, TailEntry, TailListener } from '../sync/tail.ts'
import { countAnew, displayNameOf } from './count-anew.ts'
import { type Count, clientEvent, type ReadState } from './read-state.ts'
import { RecentNotices } from './recent-notices.ts'

export type UnreadCount = Readonly<Count>

export type UnreadCounts = {
  /** Of the main timeline. */
  readonly main: UnreadCount
  /** Of threads, by the id of their root; those with nothing unread are left out. */
  readonly threads: ReadonlyMap<string, UnreadCount>
}

export type Reader = { readonly userId: number; readonly matrixId: string }

type Deps = { db: Db; rooms: RoomCache; reader: EventReader; peopleRules: PeopleRules }
type Counting = { readonly userId: number; isOutdated: boolean }

const nothing: UnreadCount = { notifications: 0, highlights: 0 }
const noThreads: ReadonlyMap<string, UnreadCount> = new Map()

export class Unread implements TailListener {
  readonly #deps: Deps
  readonly #recent = new RecentNotices()
  readonly #people = new Recent<number, Map<number, ReadState>>(limits.readStatesInMemoryMax, {
    weigh: (states) => states.size + 1,
  })
  /** Counts that are under way, each with whether something happened meanwhile that it may have missed. */
  readonly #counting = new Set<Counting>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** By room. Of rooms that the person is invited to, the invitation counts; of others that she is not in, nothing does. */
  async counts(person: Reader, rooms: readonly Room[]): Promise<Map<number, UnreadCounts>> {
    // From before her rules are read: a state that older ones made must not be kept.
    const counting = { userId: person.userId, isOutdated: false }
    this.#counting.add(counting)
    try {
      return await this.#counts(person, rooms, counting)
    } finally {
      this.#counting.delete(counting)
    }
  }

  async #counts(person: Reader, rooms: readonly Room[], counting: Counting): Promise<Map<number, UnreadCounts>> {
    const rules = await this.#deps.peopleRules.of(person)
    const counts = new Map<number, UnreadCounts>()
    const joined: Room[] = []
    for (const room of rooms) {
      const membership = room.memberByUser(person.userId)?.membership
      if (membership === 'join' && rules.inRoom(room.matrixId) !== 'silent') joined.push(room)
      else if (membership === 'invite') counts.set(room.id, await this.#ofInvitation(rules, room))
      else counts.set(room.id, { main: nothing, threads: noThreads })
    }
    const states = await this.#states(rules, joined, counting)
    for (const room of joined) {
      const state = states.get(room.id)
      counts.set(room.id, { main: { ...(state?.main ?? nothing) }, threads: new Map(state?.threads ?? noThreads) })
    }
    return counts
  }

  onEntries(entries: readonly TailEntry[]): void {
    for (const entry of entries) {
      if ((changesRules(entry) || entry.kind === 'threadSubscription') && entry.userId !== null) {
        this.#outdate(entry.userId)
        this.#people.delete(entry.userId)
      }
      if (entry.roomId === null) continue
      if (entry.kind === 'receipt' && entry.userId !== null) this.#onReceipt(entry.userId, entry.roomId, entry.receipt)
      if (entry.kind !== 'event') continue
      this.#recent.take(entry.event, this.#deps.rooms.peek(entry.roomId))
      if (entry.event.targetId !== undefined) this.#forget(entry.event.targetId, entry.roomId)
    }
  }

  /** Mostly everything there is was read; else it is counted anew. */
  #onReceipt(userId: number, roomId: number, receipt: Receipt): void {
    this.#outdate(userId)
    const state = this.#people.peek(userId)?.get(roomId)
    if (state === undefined) return
    const room = this.#deps.rooms.peek(roomId)
    if (room !== undefined && this.#keepUp(state, room) && receipt.ordering >= state.upTo) state.read(receipt.thread)
    else this.#forget(userId, roomId)
  }

  #keepUp(state: ReadState, room: Room): boolean {
    const missed = this.#recent.after(room, state.upTo)
    return missed?.every((noticed) => state.take(room, noticed)) ?? false
  }

  #outdate(userId: number): void {
    for (const counting of this.#counting) if (counting.userId === userId) counting.isOutdated = true
  }

  #forget(userId: number, roomId: number): void {
    this.#outdate(userId)
    this.#people.peek(userId)?.delete(roomId)
  }

  async #states(
    rules: RulesInForce,
    rooms: readonly Room[],
    counting: Counting,
  ): Promise<ReadonlyMap<number, ReadState>> {
    const { userId } = rules.person
    const kept = this.#people.get(userId)
    const ready = new Map<number, ReadState>()
    for (const room of rooms) {
      const state = kept?.get(room.id)
      if (state === undefined) continue
      if (this.#keepUp(state, room)) ready.set(room.id, state)
      else kept?.delete(room.id)
    }
    const missing = rooms.filter((room) => !ready.has(room.id))
    if (missing.length === 0) return ready
    const anew = await countAnew(this.#deps, rules, missing)
    // What happened meanwhile may or may not be in what was read: good for this answer, too old to be kept.
    if (!counting.isOutdated) this.#people.set(userId, new Map([...(this.#people.peek(userId) ?? []), ...anew]))
    for (const [roomId, state] of anew) ready.set(roomId, state)
    return ready
  }

  async #ofInvitation(rules: RulesInForce, room: Room): Promise<UnreadCounts> {
    const member = room.memberByUser(rules.person.userId)
    const [event] = member === undefined ? [] : await this.#deps.reader.byIds([member.internalId])
    if (event === undefined) return { main: nothing, threads: noThreads }
    const displayName = await displayNameOf(this.#deps, room, rules.person.matrixId)
    const decision = rules.decide(clientEvent(event), pushContext(room, event.sender, displayName))
    const main = { notifications: decision.notify ? 1 : 0, highlights: decision.highlight ? 1 : 0 }
    return { main, threads: noThreads }
  }
}

/** Of a room as a whole. */
export function totalOf({ main, threads }: UnreadCounts): UnreadCount {
  let { notifications, highlights } = main
  for (const count of threads.values()) {
    notifications += count.notifications
    highlights += count.highlights
  }
  return { notifications, highlights }
}
