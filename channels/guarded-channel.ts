/**
 * A channel that keeps to its rate and lets a provider rest that asks for it or fails. It refuses at once instead of
 * waiting: whoever sends knows better whether to wait, or to go another way.
 */
import { type Clock, limits } from '#platform/api.ts'
import type { Channel, Fate, Measure, Outgoing, SendOutcome, SendWish } from './api.ts'

export type GuardDeps = {
  readonly clock: Clock
  readonly count: (channelId: string, what: string) => void
}

const restFirstMs = 1_000
const restMaxMs = 60_000
/** One failure may be a wire; so many in a row are the provider. */
const failuresMin = 3

export class GuardedChannel implements Channel {
  readonly #inner: Channel
  readonly #deps: GuardDeps
  #failures = 0
  #restUntilMs = 0
  /** When the bucket of the channel's rate is full again. */
  #fullMs = 0
  #underWay = 0
  readonly lookUp?: NonNullable<Channel['lookUp']>
  readonly forget?: NonNullable<Channel['forget']>

  constructor(inner: Channel, deps: GuardDeps) {
    this.#inner = inner
    this.#deps = deps
    if (inner.lookUp !== undefined)
      this.lookUp = (wish, sinceMs, taken): Promise<Fate> => inner.lookUp!(wish, sinceMs, taken)
    if (inner.forget !== undefined) this.forget = (reference, signal) => inner.forget!(reference, signal)
  }

  get id() {
    return this.#inner.id
  }
  get kind() {
    return this.#inner.kind
  }
  get sender() {
    return this.#inner.sender
  }
  get rating() {
    return this.#inner.rating
  }
  get isForgeable() {
    return this.#inner.isForgeable
  }
  get limits() {
    return this.#inner.limits
  }
  get agency(): string | undefined {
    return this.#inner.agency
  }
  get queue(): string | undefined {
    return this.#inner.queue
  }
  get country() {
    return this.#inner.country
  }

  normalise(address: string, country: string): string | undefined {
    return this.#inner.normalise(address, country)
  }

  measure(content: Outgoing): Measure {
    return this.#inner.measure(content)
  }

  /** When it may be used again; a moment in the past where it may now. */
  get readyMs(): number {
    return this.#restUntilMs
  }

  async send(wish: SendWish): Promise<SendOutcome> {
    const waitMs = this.#waitMs()
    if (waitMs > 0) {
      this.#deps.count(this.id, 'send_held_back')
      return { state: 'failed', isPermanent: false, code: 'rate', reason: 'throttled', retryAfterMs: waitMs }
    }
    this.#underWay += 1
    try {
      const outcome = await this.#inner.send(wish)
      this.#learn(outcome)
      this.#deps.count(this.id, `send_${outcome.state}`)
      return outcome
    } finally {
      this.#underWay -= 1
    }
  }

  /** 0 when the send may go, which is then counted against the rate. */
  #waitMs(): number {
    const nowMs = this.#deps.clock.nowMs()
    if (nowMs < this.#restUntilMs) return this.#restUntilMs - nowMs
    if (this.#underWay >= limits.channelSendsAtOnceMax) return limits.channelCrowdedRetryMs
    const { perSecond } = this.limits
    if (perSecond === undefined) return 0
    const tokenMs = 1000 / perSecond
    const fullMs = Math.max(this.#fullMs, nowMs) + tokenMs
    const waitMs = fullMs - nowMs - Math.max(1000, tokenMs)
    if (waitMs > 0.001) return Math.ceil(waitMs)
    this.#fullMs = fullMs
    return 0
  }

  #learn(outcome: SendOutcome): void {
    const nowMs = this.#deps.clock.nowMs()
    const isTheirs = outcome.state === 'failed' && (outcome.reason === 'throttled' || outcome.reason === 'provider')
    if (outcome.state !== 'unknown' && !isTheirs) {
      this.#failures = 0
      return
    }
    this.#failures += 1
    const isThrottled = outcome.state === 'failed' && outcome.reason === 'throttled'
    if (!isThrottled && this.#failures < failuresMin) return
    const growing = Math.min(restMaxMs, restFirstMs * 2 ** Math.min(Math.max(0, this.#failures - failuresMin), 10))
    const asked = outcome.state === 'failed' ? outcome.retryAfterMs : undefined
    this.#restUntilMs = Math.max(this.#restUntilMs, nowMs + (asked ?? growing))
  }
}
