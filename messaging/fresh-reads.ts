/**
 * Keeps what is read from the database from being remembered when it was changed while it was read. Whoever reads
 * calls `begin` before and `isFresh` after; whoever hears of a change calls `touched`.
 */
export class FreshReads<K> {
  #reads = 0
  readonly #touched = new Set<K>()

  async read<T>(work: () => Promise<T>): Promise<T> {
    this.#reads += 1
    try {
      return await work()
    } finally {
      this.#reads -= 1
      if (this.#reads === 0) this.#touched.clear()
    }
  }

  /** Something is newer than what is being read at this moment. */
  touched(key: K): void {
    if (this.#reads > 0) this.#touched.add(key)
  }

  /** To be asked within the work. */
  isFresh(key: K): boolean {
    return !this.#touched.has(key)
  }
}
