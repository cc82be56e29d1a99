/** Twilio's list of messages: https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources */
import { limits, type Outbound } from '#platform/api.ts'

export type ListedMessage = {
  readonly sid: string
  readonly body: string
  readonly isOutbound: boolean
  /** As Twilio spells it: queued, sent, delivered, received… */
  readonly status: string
  readonly errorCode: number | undefined
  readonly from: string
  readonly to: string
  readonly messagingServiceSid: string
  readonly mediaCount: number
  readonly createdMs: number
}

export type Asker = {
  readonly outbound: Outbound
  readonly apiUrl: string
  readonly headers: Readonly<Record<string, string>>
}
type Wanted = { readonly from?: string; readonly to?: string; readonly sinceMs: number }

const pageSize = 1_000
const pagesMax = 20
const pageBytesMax = 8 * 1024 * 1024
/** Twilio's clock and ours, and dates that it gives in whole seconds. */
const skewMs = 60_000

/** Undefined when the list could not be had whole. */
export async function messagesSince(
  asker: Asker,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<ListedMessage[] | undefined> {
  const { messages, isWhole } = await newestMessages(asker, wanted, signal)
  return isWhole ? messages : undefined
}

/** As many of the newest as could be had. */
export async function newestMessages(
  { outbound, apiUrl, headers }: Asker,
  { from, to, sinceMs }: Wanted,
  signal: AbortSignal,
): Promise<{ readonly messages: ListedMessage[]; readonly isWhole: boolean }> {
  const earliestMs = sinceMs - skewMs
  const query = new URLSearchParams({ PageSize: String(pageSize) })
  if (from !== undefined) query.set('From', from)
  if (to !== undefined) query.set('To', to)
  // Not by the day of sending, which what waits at Twilio does not have yet: the newest come first, and older ones end it.
  let url: string | undefined = `${apiUrl}/Messages.json?${query}`
  const found: ListedMessage[] = []
  for (let page = 0; url !== undefined; page++) {
    if (page === pagesMax) return { messages: found, isWhole: false }
    try {
      const answer = await outbound.request({
        method: 'GET',
        url,
        headers,
        bytesMax: pageBytesMax,
        timeoutMs: limits.channelSendTimeoutMs,
        redirectsMax: 0,
        signal,
      })
      if (answer.status !== 200) return { messages: found, isWhole: false }
      const { messages, next } = pageOf(answer.body)
      found.push(...messages.filter((one) => one.createdMs >= earliestMs))
      const isOver = next === undefined || (messages.at(-1)?.createdMs ?? 0) < earliestMs
      url = isOver ? undefined : new URL(next, apiUrl).href
    } catch {
      return { messages: found, isWhole: false }
    }
  }
  return { messages: found, isWhole: true }
}

function pageOf(body: Buffer): { messages: ListedMessage[]; next: string | undefined } {
  const page = JSON.parse(body.toString('utf8')) as { messages: Record<string, unknown>[]; next_page_uri?: unknown }
  const next = typeof page.next_page_uri === 'string' ? page.next_page_uri : undefined
  return { messages: page.messages.map(listedMessage), next }
}

function listedMessage(message: Record<string, unknown>): ListedMessage {
  const text = (key: string) => (typeof message[key] === 'string' ? message[key] : '')
  return {
    sid: text('sid'),
    body: text('body'),
    isOutbound: text('direction').startsWith('outbound'),
    status: text('status'),
    errorCode: typeof message.error_code === 'number' ? message.error_code : undefined,
    from: text('from'),
    to: text('to'),
    messagingServiceSid: text('messaging_service_sid'),
    mediaCount: Number(message.num_media) || 0,
    createdMs: Date.parse(text('date_created')) || 0,
  }
}
