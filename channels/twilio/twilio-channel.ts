/** SMS through Twilio's HTTP interface: https://www.twilio.com/docs/messaging/api/message-resource */
import { limits, type OutboundAnswer, OutboundFailed } from '#platform/api.ts'
import type { Channel, Fate, Measure, Outgoing, SendOutcome, SendWish } from '../api.ts'
import type { ChannelPlace, ProviderDeps } from '../provider.ts'
import { measureSms } from '../sms/measure.ts'
import { phoneNumber } from '../sms/phone-number.ts'
import { twilioFailure } from './errors.ts'
import { receiptOf, statusCallbackUrl } from './hooks.ts'
import { type ListedMessage, messagesSince } from './message-list.ts'
import { credentialsOf, type TwilioSettings } from './twilio-settings.ts'

/** What Twilio takes in one request, in UTF-16 units; longer is error 21617. */
const bodyLengthMax = 1_600
const partsUsual = 10
const answerBytesMax = 64 * 1024

export class TwilioChannel implements Channel {
  readonly kind = 'sms'
  readonly rating = 'personal'
  /** Anybody with the right machine can send an SMS from any number. */
  readonly isForgeable = true
  readonly id: string
  readonly sender: string
  readonly country: string
  readonly limits: Channel['limits']
  readonly agency?: string
  readonly queue?: string
  readonly #deps: ProviderDeps
  readonly #settings: TwilioSettings

  constructor(settings: TwilioSettings, deps: ProviderDeps, place: ChannelPlace) {
    this.id = place.id
    this.country = place.country
    this.sender = settings.from
    this.limits = {
      partsMax: settings.partsMax ?? partsUsual,
      ...(settings.perSecond !== undefined && { perSecond: settings.perSecond }),
    }
    if (place.agency !== undefined) this.agency = place.agency
    if (place.queue !== undefined) this.queue = place.queue
    this.#deps = deps
    this.#settings = settings
  }

  normalise(address: string, country: string): string | undefined {
    return phoneNumber(address, country)
  }

  measure({ text }: Outgoing): Measure {
    const { parts, encoding } = measureSms(text)
    const { costMicros } = this.#settings
    return {
      parts,
      encoding,
      isTooLong: parts > this.limits.partsMax || text.length > bodyLengthMax,
      ...(costMicros !== undefined && { costMicros: parts * costMicros }),
    }
  }

  async send(wish: SendWish): Promise<SendOutcome> {
    const { apiUrl, from } = this.#settings
    const { publicUrl, clock, outbound } = this.#deps
    const form = new URLSearchParams({
      To: wish.to,
      [from.startsWith('MG') ? 'MessagingServiceSid' : 'From']: from,
      Body: wish.text,
      StatusCallback: statusCallbackUrl({ publicUrl, channelId: this.id, attempt: wish.attempt, atMs: clock.nowMs() }),
    })
    if (wish.signal.aborted) return { state: 'failed', isPermanent: false, code: 'aborted', reason: 'provider' }
    try {
      const answer = await outbound.request({
        method: 'POST',
        url: `${apiUrl}/Messages.json`,
        headers: { ...credentialsOf(this.#settings), 'content-type': 'application/x-www-form-urlencoded' },
        body: Buffer.from(form.toString()),
        bytesMax: answerBytesMax,
        timeoutMs: limits.channelSendTimeoutMs,
        redirectsMax: 0,
        signal: wish.signal,
      })
      return outcomeOf(answer, clock.nowMs())
    } catch (error) {
      return neverArrived(error)
        ? { state: 'failed', isPermanent: false, code: 'unreachable', reason: 'provider' }
        : { state: 'unknown' }
    }
  }

  /**
   * The list of what went from here to her since then. Messages do not tell their attempt, so the words are compared, and
   * only one that is left over is this one.
   */
  async lookUp(wish: SendWish, sinceMs: number, taken: ReadonlySet<string> = new Set()): Promise<Fate> {
    const { clock, outbound } = this.#deps
    const { from } = this.#settings
    const askedMs = clock.nowMs()
    const list = await messagesSince(
      { outbound, apiUrl: this.#settings.apiUrl, headers: credentialsOf(this.#settings) },
      // A messaging service chooses the number.
      { to: wish.to, ...(from.startsWith('MG') ? {} : { from }), sinceMs },
      wish.signal,
    )
    if (list === undefined) return { state: 'unknown' }
    const equal = list.filter((one) => one.isOutbound && one.body === wish.text && !taken.has(one.sid))
    const [only] = equal
    if (only !== undefined) return equal.length === 1 ? fateOf(only) : { state: 'unknown' }
    return { state: askedMs - sinceMs >= limits.channelFateSettledMs ? 'absent' : 'unknown' }
  }

  /** https://www.twilio.com/docs/messaging/api/message-resource#delete-a-message-resource; refused until it has come to its end. */
  async forget(reference: string, signal: AbortSignal): Promise<boolean> {
    try {
      const { status } = await this.#deps.outbound.request({
        method: 'DELETE',
        url: `${this.#settings.apiUrl}/Messages/${encodeURIComponent(reference)}.json`,
        headers: credentialsOf(this.#settings),
        bytesMax: answerBytesMax,
        timeoutMs: limits.channelSendTimeoutMs,
        redirectsMax: 0,
        signal,
      })
      return status === 204 || status === 404
    } catch {
      return false
    }
  }
}

function fateOf({ sid, status, errorCode }: ListedMessage): Fate {
  const since = receiptOf(status, errorCode)
  return { state: 'accepted', reference: sid, ...(since !== undefined && { since }) }
}

/** Nothing was connected, or the other side's certificate was refused: not a byte of the request went out. */
const neverSent =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/

function neverArrived(error: unknown): boolean {
  if (!(error instanceof OutboundFailed)) return false
  if (error.failure === 'forbidden' || error.failure === 'unknown-name') return true
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return error.failure === 'unreachable' && typeof code === 'string' && neverSent.test(code)
}

function outcomeOf({ status, headers, body }: OutboundAnswer, nowMs: number): SendOutcome {
  const answer = jsonOf(body)
  if (status >= 200 && status < 300) {
    return typeof answer.sid === 'string' ? { state: 'accepted', reference: answer.sid } : { state: 'unknown' }
  }
  const code = typeof answer.code === 'number' ? answer.code : undefined
  const retryAfterMs = retryAfter(headers['retry-after'], nowMs)
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  if (status === 429) {
    return { state: 'failed', isPermanent: false, code: String(code ?? 429), reason: 'throttled', ...wait }
  }
  // What breaks behind Twilio's door may have gone on its way before; only 503 says that nothing was begun.
  if (status >= 500 && status !== 503) return { state: 'unknown' }
  return { state: 'failed', ...twilioFailure(code), code: String(code ?? status), ...wait }
}

function jsonOf(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Seconds, or a date: RFC 9110 §10.2.3. */
function retryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const atMs = Date.parse(text)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
