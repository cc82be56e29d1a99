import { type Db, limits } from '#platform/api.ts'
import { everybody, mentionedIn } from '../events/mentioned.ts'
import { notifies } from '../events/notifies.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import type { Room } from '../rooms/room.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import { lastEventsBySender, notifyCountsAt } from '../store/events.ts'
import { mentionsAbove } from '../store/mentions.ts'
import { furthestReceipts } from '../store/receipts.ts'
import type { TailEntry, TailListener } from './tail.ts'

export type UnreadCounts = { readonly notifications: number; readonly highlights: number }

/** How far somebody has read in a room: place, running count there, and the highlights above it. */
type ReadState = { ordering: number; notifyCount: number; highlights: number[] }

/**
 * Unread counts without a row a member and event: the room's running count of notifying events less the count at the
 * place up to which the person has read. Own words count as read up to there. Kept for people who were lately here.
 */
export class Unread implements TailListener {
  readonly #db: Db
  readonly #rooms: RoomCache
  readonly #people = new Map<number, Map<number, ReadState>>()
  #entries = 0
  /** Reads that are under way, each with whether something happened meanwhile that it may have missed. */
  readonly #reading = new Set<{ readonly userId: number; isOutdated: boolean }>()

  constructor(deps: { db: Db; rooms: RoomCache }) {
    this.#db = deps.db
    this.#rooms = deps.rooms
  }

  /** Counts for rooms, each with its running count of now. */
  async counts(userId: number, rooms: ReadonlyMap<number, number>): Promise<Map<number, UnreadCounts>> {
    const states = await this.#states(userId, [...rooms.keys()])
    const counts = new Map<number, UnreadCounts>()
    for (const [roomId, notifyCount] of rooms) {
      const state = states.get(roomId)
      const notifications = Math.max(0, notifyCount - (state?.notifyCount ?? 0))
      counts.set(roomId, { notifications, highlights: Math.min(notifications, state?.highlights.length ?? 0) })
    }
    return counts
  }

  onEntries(entries: readonly TailEntry[]): void {
    for (const entry of entries) {
      if (entry.roomId === null) continue
      if (entry.kind === 'event') this.#onEvent(entry.roomId, entry.event)
      if (entry.kind === 'receipt' && entry.userId !== null) this.#forget(entry.userId, entry.roomId)
    }
  }

  #onEvent(roomId: number, event: StoredEvent): void {
    this.#outdate(event.senderId)
    const own = this.#people.get(event.senderId)?.get(roomId)
    if (own !== undefined) {
      own.ordering = event.ordering
      own.notifyCount = event.notifyCount
      own.highlights = []
    }
    if (event.content['m.mentions'] === undefined) return
    const room = this.#rooms.peek(roomId)
    if (room === undefined) return
    for (const userId of mentionedUsers(event, room)) {
      this.#outdate(userId)
      if (userId !== event.senderId) this.#people.get(userId)?.get(roomId)?.highlights.push(event.ordering)
    }
  }

  #outdate(userId: number): void {
    for (const reading of this.#reading) if (reading.userId === userId) reading.isOutdated = true
  }

  #forget(userId: number, roomId: number): void {
    this.#outdate(userId)
    if (this.#people.get(userId)?.delete(roomId) === true) this.#entries -= 1
  }

  async #states(userId: number, roomIds: readonly number[]): Promise<ReadonlyMap<number, ReadState>> {
    let mine = this.#people.get(userId)
    if (mine === undefined) {
      mine = new Map()
      this.#people.set(userId, mine)
      this.#shrink()
    }
    const known = mine
    const missing = roomIds.filter((id) => !known.has(id))
    if (missing.length === 0) return known
    const reading = { userId, isOutdated: false }
    this.#reading.add(reading)
    const read = await this.#read(userId, missing).finally(() => this.#reading.delete(reading))
    // What happened meanwhile may or may not be in what was read: good for this answer, too old to be kept.
    if (reading.isOutdated) return new Map([...known, ...read])
    for (const [roomId, state] of read) {
      if (!known.has(roomId)) this.#entries += 1
      known.set(roomId, state)
    }
    return known
  }

  async #read(userId: number, roomIds: readonly number[]): Promise<Map<number, ReadState>> {
    const [receipts, own] = await Promise.all([
      furthestReceipts(this.#db, userId, roomIds),
      lastEventsBySender(this.#db, roomIds, userId),
    ])
    const places = new Map<number, number>()
    for (const { roomId, ordering } of [...receipts, ...own]) {
      places.set(roomId, Math.max(ordering, places.get(roomId) ?? 0))
    }
    const at = roomIds.map((roomId) => ({ roomId, ordering: places.get(roomId) ?? 0 }))
    const [counts, mentions] = await Promise.all([notifyCountsAt(this.#db, at), mentionsAbove(this.#db, userId, at)])
    const notifyCounts = new Map(counts.map((row) => [row.roomId, row.notifyCount]))
    const states = new Map<number, ReadState>()
    for (const { roomId, ordering } of at) {
      states.set(roomId, { ordering, notifyCount: notifyCounts.get(roomId) ?? 0, highlights: [] })
    }
    for (const mention of mentions) states.get(mention.roomId)?.highlights.push(mention.ordering)
    return states
  }

  #shrink(): void {
    while (this.#entries > limits.readStatesInMemoryMax) {
      const oldest = this.#people.entries().next().value
      if (oldest === undefined) return
      this.#entries -= oldest[1].size
      this.#people.delete(oldest[0])
    }
  }
}

function mentionedUsers(event: StoredEvent, room: Room): number[] {
  const mentions = event.content['m.mentions']
  if (mentions === undefined || !notifies(event.pdu)) return []
  const mentioned = mentionedIn(room, event.pdu)
  if (mentioned.includes(everybody)) return [...room.members()].map((member) => member.userId)
  return mentioned.flatMap((id) => room.member(id)?.userId ?? [])
}
