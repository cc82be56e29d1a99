/**
 * Lets what does not depend on each other be under way together, so that it shares commits, and keeps the order of issue
 * as far as it goes: what is issued never runs more than `most` ahead of what is done.
 */
export class Pace {
  readonly #most: number
  readonly #underWay: Promise<unknown>[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Resolves as soon as more may be issued. */
  async issue(work: Promise<unknown>): Promise<void> {
    // Who awaits it later hears of a failure; until then it is not one that nobody looks after.
    work.catch(() => undefined)
    this.#underWay.push(work)
    while (this.#underWay.length > this.#most) await this.#underWay.shift()
  }

  /** Resolves when all is done; throws what went wrong first. */
  async settled(): Promise<void> {
    while (this.#underWay.length > 0) await this.#underWay.shift()
  }
}
