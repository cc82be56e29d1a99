import type { Db } from '#platform/api.ts'
import { eventIdBlockSize, nextEventIdBlock } from '../store/append.ts'

const keepReady = 512

/** Internal event ids, taken from the database in blocks so that building an event waits for nothing. */
export class EventIds {
  readonly #db: Db
  #blocks: { next: number; end: number }[] = []
  #refilling: Promise<void> | undefined

  constructor(db: Db) {
    this.#db = db
  }

  /** Ids that are the caller's alone. Waits only when too few are left. */
  async take(count: number): Promise<number[]> {
    while (this.#left() < count) {
      this.#refill()
      await this.#refilling
    }
    const ids = Array.from({ length: count }, () => this.#next())
    if (this.#left() < keepReady) this.#refill()
    return ids
  }

  #next(): number {
    const block = this.#blocks[0]
    if (block === undefined) throw new Error('fewer event ids are left than were counted')
    const id = block.next
    block.next += 1
    if (block.next === block.end) this.#blocks.shift()
    return id
  }

  #left(): number {
    return this.#blocks.reduce((sum, block) => sum + block.end - block.next, 0)
  }

  #refill(): void {
    this.#refilling ??= this.#fetch().finally(() => {
      this.#refilling = undefined
    })
    // Whoever waits for it sees the failure; a refill ahead of need has nobody to tell, and the next one tries again.
    this.#refilling.catch(() => undefined)
  }

  async #fetch(): Promise<void> {
    const first = await nextEventIdBlock(this.#db)
    this.#blocks.push({ next: first, end: first + eventIdBlockSize })
  }
}
