import type { Memberships } from '../rooms/memberships.ts'
import type { RoomCache } from '../rooms/room-cache.ts'
import type { TailEntry, TailListener } from './tail.ts'

type Waiter = { wake: () => void }

/** What concerns one person alone. */
const personal: ReadonlySet<TailEntry['kind']> = new Set(['accountData', 'toDevice', 'threadSubscription'])

/**
 * Long-polling requests that wait for something to tell. They are kept by person; an event wakes those of its room's
 * members who wait, going through whichever is fewer, members or waiting people.
 */
export class Waiters implements TailListener {
  readonly #rooms: RoomCache
  readonly #memberships: Memberships
  readonly #waiting = new Map<number, Set<Waiter>>()

  constructor(deps: { rooms: RoomCache; memberships: Memberships }) {
    this.#rooms = deps.rooms
    this.#memberships = deps.memberships
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Resolves when something concerns the person, when the time is over, or when the signal aborts. */
  wait(userId: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const waiter: Waiter = { wake: () => this.#end(userId, waiter, timer, signal, resolve) }
      const timer = setTimeout(waiter.wake, timeoutMs)
      signal.addEventListener('abort', waiter.wake)
      const mine = this.#waiting.get(userId)
      if (mine === undefined) this.#waiting.set(userId, new Set([waiter]))
      else mine.add(waiter)
    })
  }

  wakePerson(userId: number): void {
    const waiters = this.#waiting.get(userId)
    if (waiters !== undefined) for (const waiter of [...waiters]) waiter.wake()
  }

  wakeRoom(roomId: number): void {
    const room = this.#rooms.peek(roomId)
    if (room !== undefined && room.size <= this.#waiting.size) {
      for (const member of room.members()) if (member.membership === 'join') this.wakePerson(member.userId)
      return
    }
    for (const userId of [...this.#waiting.keys()]) {
      if (this.#memberships.peek(userId)?.get(roomId) === 'join') this.wakePerson(userId)
    }
  }

  onEntries(entries: readonly TailEntry[]): void {
    if (this.#waiting.size === 0) return
    const rooms = new Set<number>()
    const people = new Set<number>()
    const listed = new Set<number>()
    for (const entry of entries) {
      if (entry.roomId !== null && (entry.kind === 'event' || entry.kind === 'receipt')) rooms.add(entry.roomId)
      if (personal.has(entry.kind) && entry.userId !== null) people.add(entry.userId)
      if (entry.kind === 'deviceList' && entry.onlyFor !== null) people.add(entry.onlyFor)
      else if (entry.kind === 'deviceList' && entry.userId !== null) listed.add(entry.userId)
      // Who was invited or removed is no joined member, and must hear of it all the same.
      if (entry.kind === 'event') {
        const { targetId } = entry.event
        if (targetId !== undefined) people.add(targetId)
      }
    }
    for (const userId of people) this.wakePerson(userId)
    for (const roomId of rooms) this.wakeRoom(roomId)
    for (const userId of listed) void this.#wakeSharing(userId)
  }

  /** The person, and everybody who shares a room with her. */
  async #wakeSharing(userId: number): Promise<void> {
    this.wakePerson(userId)
    // A database that is away is waited for by those who ask it; whoever is not woken is answered when his time is over.
    const rooms = await this.#memberships.load(userId).catch(() => undefined)
    for (const [roomId, membership] of rooms ?? []) if (membership === 'join') this.wakeRoom(roomId)
  }

  #end(userId: number, waiter: Waiter, timer: NodeJS.Timeout, signal: AbortSignal, resolve: () => void): void {
    clearTimeout(timer)
    signal.removeEventListener('abort', waiter.wake)
    const mine = this.#waiting.get(userId)
    mine?.delete(waiter)
    if (mine?.size === 0) this.#waiting.delete(userId)
    resolve()
  }
}
