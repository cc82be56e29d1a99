import { limits, Recent } from '#platform/api.ts'
import type { Waiters } from '../sync/waiters.ts'

type Typist = { readonly matrixId: string; readonly timer: NodeJS.Timeout }
type RoomTyping = { serial: number; readonly people: Map<number, Typist> }

/** Who is writing, and where: in memory of this process only, gone after at most the time that the client named. */
export class Typing {
  readonly #waiters: Waiters
  /** Rooms in which somebody writes. */
  readonly #rooms = new Map<number, RoomTyping>()
  /** Rooms in which nobody writes any more, for those who are still to be told so. */
  readonly #quiet = new Recent<number, RoomTyping>(limits.quietTypingRoomsMax)
  #serial = 0

  constructor(deps: { waiters: Waiters }) {
    this.#waiters = deps.waiters
  }

  /** Grows with each change; part of the sync token. */
  get serial(): number {
    return this.#serial
  }

  start(roomId: number, person: { userId: number; matrixId: string }, timeoutMs: number): void {
    const room = this.#of(roomId) ?? { serial: 0, people: new Map<number, Typist>() }
    const before = room.people.get(person.userId)
    if (before !== undefined) clearTimeout(before.timer)
    const timer = setTimeout(() => this.stop(roomId, person.userId), timeoutMs)
    timer.unref()
    room.people.set(person.userId, { matrixId: person.matrixId, timer })
    if (before === undefined) this.#changed(roomId, room)
  }

  stop(roomId: number, userId: number): void {
    const room = this.#rooms.get(roomId)
    const typist = room?.people.get(userId)
    if (room === undefined || typist === undefined) return
    clearTimeout(typist.timer)
    room.people.delete(userId)
    this.#changed(roomId, room)
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
