import type { Clock } from '#platform/api.ts'
import type { Waiters } from '../sync/waiters.ts'

type Typist = { readonly matrixId: string; readonly untilMs: number; readonly timer: NodeJS.Timeout }

/** Who is writing, and where: in memory of this process only, gone after at most the time that the client named. */
export class Typing {
  readonly #clock: Clock
  readonly #waiters: Waiters
  readonly #rooms = new Map<number, { serial: number; people: Map<number, Typist> }>()
  #serial = 0

  constructor(deps: { clock: Clock; waiters: Waiters }) {
    this.#clock = deps.clock
    this.#waiters = deps.waiters
  }

  /** Grows with each change; part of the sync token. */
  get serial(): number {
    return this.#serial
  }

  start(roomId: number, person: { userId: number; matrixId: string }, timeoutMs: number): void {
    const room = this.#rooms.get(roomId) ?? { serial: 0, people: new Map<number, Typist>() }
    this.#rooms.set(roomId, room)
    const before = room.people.get(person.userId)
    if (before !== undefined) clearTimeout(before.timer)
    const timer = setTimeout(() => this.stop(roomId, person.userId), timeoutMs)
    timer.unref()
    room.people.set(person.userId, { matrixId: person.matrixId, untilMs: this.#clock.nowMs() + timeoutMs, timer })
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

  /** Matrix ids of those who write, when that changed after `serial`; undefined when it did not. */
  since(roomId: number, serial: number): string[] | undefined {
    const room = this.#rooms.get(roomId)
    if (room === undefined || room.serial <= serial) return undefined
    return [...room.people.values()].map((typist) => typist.matrixId)
  }

  /** Rooms in which somebody began or stopped writing after `serial`. */
  roomsSince(serial: number): number[] {
    if (serial >= this.#serial) return []
    return [...this.#rooms].filter(([, room]) => room.serial > serial).map(([roomId]) => roomId)
  }

  #changed(roomId: number, room: { serial: number }): void {
    this.#serial += 1
    room.serial = this.#serial
    this.#waiters.wakeRoom(roomId)
  }
}
