import { limits, type Outbound } from '#platform/api.ts'
import type { World } from './world.ts'

export type Call = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Its answer was a success. */
  readonly onDone: () => void
  /** It never was. */
  readonly onGivenUp: () => void
}

const firstAgainMs = 500

/** Calls web hooks, many at a time; one that fails is called again later and later, and in the end given up. */
export class Caller {
  readonly #world: World
  readonly #outbound: Outbound
  readonly #queue: { readonly call: Call; readonly tries: number }[] = []
  #underWay = 0

  constructor(world: World, outbound: Outbound) {
    this.#world = world
    this.#outbound = outbound
  }

  /** Calls that have not come to their end. */
  get open(): number {
    return this.#queue.length + this.#underWay
  }

  call(call: Call, tries = 0): void {
    this.#queue.push({ call, tries })
    this.#next()
  }

  #next(): void {
    while (this.#underWay < limits.simulatedCallsMax) {
      const one = this.#queue.shift()
      if (one === undefined) return
      this.#underWay += 1
      void this.#make(one.call, one.tries).finally(() => {
        this.#underWay -= 1
        this.#next()
      })
    }
  }

  async #make(call: Call, tries: number): Promise<void> {
    if (await this.#isTaken(call)) return call.onDone()
    if (tries + 1 >= limits.simulatedCallTriesMax) return call.onGivenUp()
    const { clock, schedule } = this.#world
    schedule.at(clock.nowMs() + firstAgainMs * 2 ** tries, () => this.call(call, tries + 1))
  }

  async #isTaken({ url, headers, body }: Call): Promise<boolean> {
    try {
      const { status } = await this.#outbound.request({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8', ...headers },
        body: Buffer.from(body),
        bytesMax: 64 * 1024,
        whenLarger: 'cut',
        timeoutMs: limits.simulatedCallTimeoutMs,
        redirectsMax: 0,
      })
      return status >= 200 && status < 300
    } catch {
      return false
    }
  }
}
