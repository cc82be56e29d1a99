import { createHash } from 'node:crypto'

/** Choices that follow from one number, so that a failure can be looked at again. */
export class Seeded {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** At least 0 and below 1. Mulberry32, by Tommy Ettinger. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number of at least `min` and at most `max`. */
  between(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1))
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('There is nothing to pick from.')
    return items[this.between(0, items.length - 1)] as T
  }

  chance(share: number): boolean {
    return this.fraction() < share
  }

  bytes(count: number): Buffer {
    const key = createHash('sha256').update(String(this.fraction())).digest()
    const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, n) =>
      createHash('sha256').update(key).update(String(n)).digest(),
    )
    return Buffer.concat(blocks).subarray(0, count)
  }

  /** Another row of choices, so that actors who run side by side do not disturb each other's. */
  child(): Seeded {
    return new Seeded(this.between(0, 2 ** 32 - 1))
  }
}
