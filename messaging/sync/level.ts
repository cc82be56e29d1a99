import type { Log } from '#platform/api.ts'
import type { Memberships } from '../rooms/memberships.ts'
import type { Tail } from './tail.ts'

type Deps = { memberships: Memberships; tail: Tail; log: Pick<Log, 'reachNewest'> }

/** Brings what this node has heard of up to what an answer is to be about. */
export class Level {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Loads the person's rooms, and waits until this node has heard of all that is in them: the two must be of one moment. */
  async with(userId: number): Promise<void> {
    const { memberships, tail } = this.#deps
    do {
      await memberships.load(userId)
    } while (memberships.position(userId) > tail.position && (await this.reach(memberships.position(userId))))
  }

  /** Another node may have given a position, and be ahead of this one. False when the log has no such position. */
  async reach(position: number): Promise<boolean> {
    const { log, tail } = this.#deps
    if (position <= tail.position) return true
    if (position > (await log.reachNewest())) return false
    await tail.reached(position)
    return true
  }
}
