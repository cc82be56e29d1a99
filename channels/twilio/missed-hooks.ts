/**
 * What Twilio should have called us about, by its own list: it calls a handful of times within seconds and then gives up, and
 * a server may be away for longer. What was taken already is known by its identity.
 */
import { limits } from '#platform/api.ts'
import type { TakenHook } from '../provider.ts'
import { messageHook, receiptHook } from './hooks.ts'
import { type Asker, type ListedMessage, newestMessages } from './message-list.ts'

/** What comes before these says little, and is left to the web hooks. */
const ends: ReadonlySet<string> = new Set(['delivered', 'read', 'undelivered', 'failed'])

/** `sender` is our number, or the id of our messaging service. */
export async function missedHooks(
  asker: Asker & { readonly accountSid: string; readonly sender: string },
  sinceMs: number,
  signal: AbortSignal,
): Promise<TakenHook[]> {
  const { messages } = await newestMessages(asker, { sinceMs }, signal)
  const { sender } = asker
  const isOurs = (one: ListedMessage) =>
    sender.startsWith('MG') ? one.messagingServiceSid === sender : (one.isOutbound ? one.from : one.to) === sender
  const hooks: TakenHook[] = []
  // The oldest first, as they came.
  for (const message of messages.filter(isOurs).reverse()) {
    if (message.isOutbound && ends.has(message.status)) hooks.push(receiptHook(receiptForm(asker.accountSid, message)))
    if (!message.isOutbound) hooks.push(messageHook(await messageForm(asker, message, signal)))
  }
  return hooks
}

function receiptForm(accountSid: string, { sid, from, to, status, errorCode }: ListedMessage): URLSearchParams {
  return new URLSearchParams({
    AccountSid: accountSid,
    MessageSid: sid,
    From: from,
    To: to,
    MessageStatus: status,
    ...(errorCode !== undefined && { ErrorCode: String(errorCode) }),
  })
}

async function messageForm(
  asker: Asker & { readonly accountSid: string },
  message: ListedMessage,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  const { sid, from, to, body, mediaCount } = message
  const form = new URLSearchParams({ AccountSid: asker.accountSid, MessageSid: sid, From: from, To: to, Body: body })
  const media = mediaCount === 0 ? [] : await mediaOf(asker, sid, signal)
  form.set('NumMedia', String(Math.max(mediaCount, media.length)))
  for (const [at, { uri, type }] of media.entries()) {
    form.set(`MediaUrl${at}`, new URL(uri.replace(/\.json$/, ''), asker.apiUrl).href)
    form.set(`MediaContentType${at}`, type)
  }
  return form
}

/** https://www.twilio.com/docs/messaging/api/media-resource#read-multiple-media-resources */
async function mediaOf(
  { outbound, apiUrl, headers }: Asker,
  sid: string,
  signal: AbortSignal,
): Promise<{ uri: string; type: string }[]> {
  try {
    const { status, body } = await outbound.request({
      method: 'GET',
      url: `${apiUrl}/Messages/${sid}/Media.json`,
      headers,
      bytesMax: 256 * 1024,
      timeoutMs: limits.channelSendTimeoutMs,
      redirectsMax: 0,
      signal,
    })
    if (status !== 200) return []
    const { media_list: list } = JSON.parse(body.toString('utf8')) as { media_list?: Record<string, unknown>[] }
    return (list ?? []).map((one) => ({ uri: String(one.uri), type: String(one.content_type) }))
  } catch {
    return []
  }
}
