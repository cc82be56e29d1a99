/**
 * What Twilio posts to us: messages that came (https://www.twilio.com/docs/messaging/guides/webhook-request) and how ours
 * fared (https://www.twilio.com/docs/messaging/guides/track-outbound-message-status).
 *
 * Twilio signs no time. A receipt's address is ours, so the moment of sending stands in it; messages are known by their ids
 * for as long as the channel lives.
 */
import { limits, type Outbound } from '#platform/api.ts'
import type { InboundFile, Receipt } from '../api.ts'
import type { HandOver, HookReader, HookRefusal, HookRequest, InboundReader, TakenHook } from '../provider.ts'
import { phoneNumber } from '../sms/phone-number.ts'
import { twilioFailure } from './errors.ts'
import { type MediaPlace, mediaOf } from './media.ts'
import { isSignedByTwilio } from './signature.ts'

export type TwilioHooksDeps = {
  readonly channelId: string
  readonly country: string
  readonly accountSid: string
  readonly authToken: string
  /** The provider's origin: credentials go nowhere else. */
  readonly origin: string
  readonly outbound: Outbound
  readonly nowMs: () => number
}

/** Kept sealed: the query of a status hook and the form, as they came. */
type Payload = { readonly query: string; readonly form: string }

/** Undefined for what comes before anything has left Twilio, and for what nobody knows. */
export function receiptOf(
  status: string,
  code: number | undefined,
): Pick<Receipt, 'code' | 'reason' | 'state'> | undefined {
  const state = states[status]
  if (state === undefined) return undefined
  const told = code === undefined ? {} : { code: String(code) }
  return { state, ...told, ...(state === 'failed' && { reason: twilioFailure(code).reason }) }
}

const states: Readonly<Record<string, Receipt['state']>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  undelivered: 'failed',
  failed: 'failed',
}
/** Steps before anything left Twilio: nothing that a receipt would say. */
const early: ReadonlySet<string> = new Set(['accepted', 'scheduled', 'queued', 'sending'])
const commands: Readonly<Record<string, 'stop' | 'start' | 'help'>> = { STOP: 'stop', START: 'start', HELP: 'help' }
/** The words that carriers know. Only for the order in which messages are read; what they mean is decided elsewhere. */
const stopWords =
  /^\s*(stop|stopall|stop all|unsubscribe|cancel|end|quit|revoke|optout|opt out|arret|baja|alto)\s*[.!]*\s*$/i
const sidShape = /^(SM|MM)[0-9a-f]{32}$/i

export function statusCallbackUrl(facts: {
  publicUrl: string
  channelId: string
  attempt: string
  atMs: number
}): string {
  const query = new URLSearchParams({ attempt: facts.attempt, sent: String(Math.floor(facts.atMs / 1000)) })
  return `${facts.publicUrl}/hooks/${facts.channelId}/status?${query}`
}

export class TwilioHooks implements HookReader, InboundReader {
  readonly answer = { type: 'text/xml', text: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>' }
  readonly #deps: TwilioHooksDeps

  constructor(deps: TwilioHooksDeps) {
    this.#deps = deps
  }

  read(request: HookRequest): TakenHook | HookRefusal {
    const { accountSid, authToken } = this.#deps
    const form = new URLSearchParams(request.body.toString('utf8'))
    const signature = request.headers['x-twilio-signature']
    if (!isSignedByTwilio(authToken, signature, request.url, form)) return 'forged'
    // The token signs for every account below ours; this channel is one account's.
    if (form.get('AccountSid') !== accountSid) return 'forged'
    if (!sidShape.test(sidOf(form))) return 'malformed'
    if (request.path === 'inbound') {
      const isWhole = (form.get('From') ?? '') !== '' && form.get('Body') !== null
      return isWhole ? messageHook(form) : 'malformed'
    }
    return this.#readStatus(form, new URL(request.url).search)
  }

  #readStatus(form: URLSearchParams, query: string): TakenHook | HookRefusal {
    const status = statusOf(form)
    if (states[status] === undefined && !early.has(status)) return 'malformed'
    const sent = new URLSearchParams(query).get('sent')
    const ageMs = this.#deps.nowMs() - Number(sent ?? Number.NaN) * 1000
    if (sent !== null && !(ageMs <= limits.hookReceiptAgeMsMax)) return 'stale'
    return receiptHook(form, query)
  }

  async message(payload: Buffer, { signal, attempt }: HandOver): ReturnType<InboundReader['message']> {
    const { form } = formOf(payload)
    const { country, outbound, origin, accountSid, authToken } = this.#deps
    const from = form.get('From') ?? ''
    const providerAnswered = commands[(form.get('OptOutType') ?? '').toUpperCase()]
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
    const mayWait = attempt < limits.inboundFileAttemptsMax
    const { files, missing } = await filesOf({ outbound, origin, authorization, mayWait, signal }, mediaPlaces(form))
    return {
      from: phoneNumber(from, country) ?? from,
      to: form.get('To') ?? '',
      text: form.get('Body') ?? '',
      ...(providerAnswered !== undefined && { providerAnswered }),
      // Twilio has it from the carrier, and a carrier believes the sender.
      authenticity: 'forgeable',
      files,
      filesMissing: missing,
    }
  }

  reference(payload: Buffer): string {
    return sidOf(formOf(payload).form)
  }

  receipts(payload: Buffer, receivedMs: number): readonly Receipt[] {
    const { form, query } = formOf(payload)
    const [attempt, code] = [query.get('attempt'), form.get('ErrorCode')]
    const told = receiptOf(statusOf(form), code === null ? undefined : Number(code))
    if (told === undefined) return []
    const reference = sidOf(form)
    const about = { channelId: this.#deps.channelId, ...(attempt !== null && { attempt }), reference }
    return [{ ...about, ...told, atMs: receivedMs }]
  }
}

export function messageHook(form: URLSearchParams): TakenHook {
  return {
    what: 'message',
    identity: `message ${sidOf(form)}`,
    sender: form.get('From') ?? '',
    isUrgent: form.get('OptOutType') === 'STOP' || stopWords.test(form.get('Body') ?? ''),
    payload: payloadOf(form, ''),
  }
}

/** `query` names our attempt; the provider's own list does not know it. */
export function receiptHook(form: URLSearchParams, query = ''): TakenHook {
  const identity = `status ${sidOf(form)} ${statusOf(form)} ${form.get('ErrorCode') ?? ''}`
  return { what: 'receipts', identity, payload: payloadOf(form, query) }
}

function payloadOf(form: URLSearchParams, query: string): Buffer {
  return Buffer.from(JSON.stringify({ query, form: form.toString() } satisfies Payload))
}

function sidOf(form: URLSearchParams): string {
  return form.get('MessageSid') ?? form.get('SmsSid') ?? ''
}

function statusOf(form: URLSearchParams): string {
  return form.get('MessageStatus') ?? form.get('SmsStatus') ?? ''
}

function formOf(payload: Buffer): { form: URLSearchParams; query: URLSearchParams } {
  const { form, query } = JSON.parse(payload.toString('utf8')) as Payload
  return { form: new URLSearchParams(form), query: new URLSearchParams(query) }
}

function mediaPlaces(form: URLSearchParams): MediaPlace[] {
  const count = Math.min(Number(form.get('NumMedia')) || 0, 100)
  return Array.from({ length: count }, (_, at) => ({
    url: form.get(`MediaUrl${at}`) ?? '',
    type: form.get(`MediaContentType${at}`) ?? 'application/octet-stream',
  }))
}

async function filesOf(
  asker: Parameters<typeof mediaOf>[0],
  places: readonly MediaPlace[],
): Promise<{ files: InboundFile[]; missing: number }> {
  const wanted = places.slice(0, limits.inboundFilesMax)
  const found: InboundFile[] = []
  for (const place of wanted) {
    const file = await mediaOf(asker, place, `file-${found.length + 1}`)
    if (file !== undefined) found.push(file)
  }
  return { files: found, missing: places.length - found.length }
}
