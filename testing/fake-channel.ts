import type { Channel, Fate, SendOutcome, SendWish } from '#channels/api.ts'

/** What a provider does with one request: takes it or not, and what of that the sender hears. */
export type Script = {
  /** Whether it goes on to the citizen. By default it does when it is accepted or unknown. */
  readonly takes?: boolean
  readonly answers: SendOutcome | 'accepted' | 'dies'
}

export type Taken = Pick<SendWish, 'attempt' | 'subject' | 'text' | 'to'> & {
  readonly atMs: number
  readonly reference: string
}

/**
 * A channel with its provider in one: it does what a test tells it to and keeps the truth of what it took. (The providers'
 * own wire formats are the simulator's affair.)
 */
export class FakeChannel implements Channel {
  readonly id: string
  readonly kind: Channel['kind']
  readonly sender = '+4930123456'
  readonly rating: Channel['rating']
  readonly isForgeable = true
  readonly limits = { partsMax: 10 }
  readonly country = 'DE'
  readonly lookUp?: Channel['lookUp']
  /** Everything that was taken, in order. */
  readonly taken: Taken[] = []
  /** Every request, taken or not. */
  readonly asked: SendWish[] = []
  script: (wish: SendWish) => Script | Promise<Script> = () => ({ answers: 'accepted' })
  nowMs: () => number = () => 0
  /** What it says, when it is asked, of everything that was taken. */
  since: Extract<Fate, { state: 'accepted' }>['since']

  constructor(kind: Channel['kind'], more: { id?: string; canLookUp?: boolean; rating?: Channel['rating'] } = {}) {
    this.kind = kind
    this.id = more.id ?? kind
    this.rating = more.rating ?? (kind === 'inbox' ? 'sensitive' : 'personal')
    if (more.canLookUp !== false) this.lookUp = (wish) => this.#lookUp(wish)
  }

  normalise(address: string): string | undefined {
    return address
  }

  measure(content: { text: string }) {
    return { parts: 1, encoding: 'gsm7' as const, isTooLong: content.text.length > 1_600 }
  }

  async send(wish: SendWish): Promise<SendOutcome> {
    this.asked.push(wish)
    const { takes, answers } = await this.script(wish)
    const isAccepted = answers === 'accepted' || (answers !== 'dies' && answers.state === 'accepted')
    const isUnknown = answers === 'dies' || (answers !== 'accepted' && answers.state === 'unknown')
    const reference = `${this.id}-${this.taken.length}`
    if (takes ?? (isAccepted || isUnknown)) {
      const { attempt, subject, text, to } = wish
      this.taken.push({
        attempt,
        text,
        to,
        reference,
        atMs: this.nowMs(),
        ...(subject === undefined ? {} : { subject }),
      })
    }
    if (answers === 'dies') throw new Error('the channel broke off')
    return answers === 'accepted' ? { state: 'accepted', reference } : answers
  }

  async #lookUp(wish: SendWish): Promise<Fate> {
    const found = this.taken.find(({ attempt }) => attempt === wish.attempt)
    if (found === undefined) return { state: 'absent' }
    return { state: 'accepted', reference: found.reference, ...(this.since && { since: this.since }) }
  }
}
