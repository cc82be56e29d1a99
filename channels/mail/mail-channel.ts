/** Mail through a relay (RFC 5321). */
import { type Clock, limits, type SmtpOutcome, type SmtpSender } from '#platform/api.ts'
import type { Channel, Measure, Outgoing, SendOutcome, SendWish } from '../api.ts'
import type { ChannelPlace } from '../provider.ts'
import { composeMail } from './compose-mail.ts'
import { mailAddress } from './mail-address.ts'
import type { MailSettings } from './mail-settings.ts'
import { reasonOf } from './reports.ts'
import { messageIdOf, taggedAddress } from './tags.ts'

/** Greylisting (RFC 6647) lets a mail in that comes again after some minutes. */
const greylistRetryMs = 300_000

export class MailChannel implements Channel {
  readonly kind = 'mail'
  /** A mail may lie in clear on servers that nobody here knows. */
  readonly rating = 'personal'
  readonly isForgeable = true
  readonly id: string
  readonly sender: string
  readonly country: string
  readonly limits: Channel['limits']
  readonly agency?: string
  readonly queue?: string
  readonly #deps: { clock: Clock; smtp: SmtpSender }
  readonly #settings: MailSettings

  constructor(settings: MailSettings, deps: { clock: Clock; smtp: SmtpSender }, place: ChannelPlace) {
    this.id = place.id
    this.country = place.country
    this.sender = settings.box.address
    this.limits = { partsMax: 1, ...(settings.perSecond !== undefined && { perSecond: settings.perSecond }) }
    if (place.agency !== undefined) this.agency = place.agency
    if (place.queue !== undefined) this.queue = place.queue
    this.#deps = deps
    this.#settings = settings
  }

  normalise(address: string): string | undefined {
    return mailAddress(address)
  }

  measure({ text, html = '', attachments = [] }: Outgoing): Measure {
    const bytes = attachments.reduce(
      (sum, one) => sum + one.bytes.length,
      Buffer.byteLength(text) + Buffer.byteLength(html),
    )
    // Base64 makes four bytes of three, and lines end.
    return { parts: 1, encoding: 'utf8', isTooLong: bytes * 1.4 > limits.mailBytesMax }
  }

  async send(wish: SendWish): Promise<SendOutcome> {
    const { box, dkim } = this.#settings
    const { clock, smtp } = this.#deps
    if (mailAddress(wish.to) !== wish.to) return failed('invalid', 'address', true)
    const raw = await composeMail(box, wish, clock.nowMs(), dkim)
    if (raw.length > limits.mailBytesMax) return failed('rejected', 'too-large', true)
    const from = taggedAddress(box, { use: 'bounce', attempt: wish.attempt })
    const outcome = await smtp.send({ from, to: wish.to, raw, signal: wish.signal })
    return outcomeOf(outcome, messageIdOf(box, wish.attempt))
  }
}

const failed = (reason: 'invalid' | 'rejected' | 'unreachable' | 'provider', code: string, isPermanent: boolean) =>
  ({ state: 'failed', isPermanent, code, reason }) as const

function outcomeOf(outcome: SmtpOutcome, reference: string): SendOutcome {
  switch (outcome.state) {
    case 'accepted':
      return { state: 'accepted', reference }
    case 'unknown':
      return { state: 'unknown' }
    case 'unreached':
      return failed('provider', outcome.code.slice(0, 32), false)
    case 'refused': {
      const { code, status, step } = outcome
      const isPermanent = code >= 500
      const told = status ?? String(code)
      // A relay that refuses us or our sender says nothing of her address.
      if (step === 'connection' || step === 'sender') return failed('provider', told, false)
      const reason =
        step === 'content' ? 'rejected' : status === undefined && isPermanent ? 'invalid' : reasonOf(status)
      return {
        ...failed(reason as 'invalid', told, isPermanent),
        ...(isPermanent ? {} : { retryAfterMs: greylistRetryMs }),
      }
    }
  }
}
