import { createHash } from 'node:crypto'

/** Choices that look like chance and are the same in every filling. Nothing secret may come from here. */
export class Choices {
  readonly #seed: string
  #count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    const bytes = createHash('sha256')
      .update(`${this.#seed} ${this.#count++}`)
      .digest()
    return least + (bytes.readUInt32BE(0) % (most - least + 1))
  }

  /** Up to `count` different ones, in an order of chance. */
  some<T>(from: readonly T[], count: number): T[] {
    const left = [...from]
    const taken: T[] = []
    while (taken.length < count && left.length > 0) taken.push(...left.splice(this.between(0, left.length - 1), 1))
    return taken
  }

  one<T>(from: readonly T[]): T {
    const chosen = from[this.between(0, from.length - 1)]
    if (chosen === undefined) throw new Error('nothing to choose from')
    return chosen
  }
}
