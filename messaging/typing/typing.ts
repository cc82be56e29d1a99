import { limits, Recent } from '#platform/api.ts'
import type { Waiters } from '../sync/waiters.ts'

type Person = { readonly userId: number; readonly matrixId: string }
type Typist = { readonly matrixId: string; readonly timer: NodeJS.Timeout }
type RoomTyping = { serial: number; readonly people: Map<number, Typist> }

/** What one node tells the others: for how many milliseconds somebody writes in a room; 0 for no longer. */
export type TypingNews = Person & { readonly roomId: number; readonly forMs: number }

/** News of so short a time go to the other nodes together. Nobody notices, and a busy server does less. */
const gatherMs = 100

/**
 * Who is writing, and where: in memory of the nodes only, gone after at most the time that the client named. What is said to one
 * node the others hear by `tell`, which is a hint: one that is lost is followed by the next, and ends by itself.
 */
export class Typing {
  readonly #waiters: Waiters
  readonly #tell: (news: readonly TypingNews[]) => void
  /** Rooms in which somebody writes. */
  readonly #rooms = new Map<number, RoomTyping>()
  /** Rooms in which nobody writes any more, for those who are still to be told so. */
  readonly #quiet = new Recent<number, RoomTyping>(limits.quietTypingRoomsMax)
  /** What the other nodes are yet to be told, by room and person. */
  readonly #news = new Map<string, TypingNews>()
  #telling: NodeJS.Timeout | undefined
  #count = 0
  #serial = 0

  constructor(deps: { waiters: Waiters; tell: (news: readonly TypingNews[]) => void }) {
    this.#waiters = deps.waiters
    this.#tell = deps.tell
  }

  /** Grows with each change; part of the sync token. */
  get serial(): number {
    return this.#serial
  }

  start(roomId: number, { userId, matrixId }: Person, timeoutMs: number): void {
    this.#start(roomId, { userId, matrixId }, timeoutMs)
    this.#gather({ roomId, userId, matrixId, forMs: timeoutMs })
  }

  stop(roomId: number, { userId, matrixId }: Person): void {
    if (this.#stop(roomId, userId)) this.#gather({ roomId, userId, matrixId, forMs: 0 })
  }

  /** What another node tells. */
  hear(news: readonly TypingNews[]): void {
    for (const { roomId, userId, matrixId, forMs } of news) {
      if (forMs > 0) this.#start(roomId, { userId, matrixId }, Math.min(forMs, limits.typingMsMax))
      else this.#stop(roomId, userId)
    }
  }

  /** Matrix ids of those who write now. */
  inRoom(roomId: number): string[] {
    return [...(this.#rooms.get(roomId)?.people.values() ?? [])].map((typist) => typist.matrixId)
  }

  /** Matrix ids of those who write, when that changed after `serial`; undefined when it did not. */
  since(roomId: number, serial: number): string[] | undefined {
    const room = this.#of(roomId)
    if (room === undefined || room.serial <= serial) return undefined
    return [...room.people.values()].map((typist) => typist.matrixId)
  }

  /** Rooms in which somebody began or stopped writing after `serial`. */
  roomsSince(serial: number): number[] {
    if (serial >= this.#serial) return []
    return [...this.#rooms, ...this.#quiet].filter(([, room]) => room.serial > serial).map(([roomId]) => roomId)
  }

  /** Tells what is left to tell. */
  close(): void {
    clearTimeout(this.#telling)
    this.#tellNow()
  }

  #start(roomId: number, { userId, matrixId }: Person, timeoutMs: number): void {
    const room = this.#of(roomId) ?? { serial: 0, people: new Map<number, Typist>() }
    const before = room.people.get(userId)
    if (before !== undefined) clearTimeout(before.timer)
    else if (this.#count >= limits.typistsMax) return
    else this.#count += 1
    const timer = setTimeout(() => this.#stop(roomId, userId), timeoutMs)
    timer.unref()
    room.people.set(userId, { matrixId, timer })
    if (before === undefined) this.#changed(roomId, room)
  }

  #stop(roomId: number, userId: number): boolean {
    const room = this.#rooms.get(roomId)
    const typist = room?.people.get(userId)
    if (room === undefined || typist === undefined) return false
    clearTimeout(typist.timer)
    room.people.delete(userId)
    this.#count -= 1
    this.#changed(roomId, room)
    return true
  }

  #gather(news: TypingNews): void {
    this.#news.set(`${news.roomId} ${news.userId}`, news)
    this.#telling ??= setTimeout(() => this.#tellNow(), gatherMs).unref()
  }

  #tellNow(): void {
    this.#telling = undefined
    const news = [...this.#news.values()]
    this.#news.clear()
    if (news.length > 0) this.#tell(news)
  }

  #of(roomId: number): RoomTyping | undefined {
    return this.#rooms.get(roomId) ?? this.#quiet.peek(roomId)
  }

  #changed(roomId: number, room: RoomTyping): void {
    this.#serial += 1
    room.serial = this.#serial
    if (room.people.size > 0) {
      this.#quiet.delete(roomId)
      this.#rooms.set(roomId, room)
    } else {
      this.#rooms.delete(roomId)
      this.#quiet.set(roomId, room)
    }
    this.#waiters.wakeRoom(roomId)
  }
}
