import { measureSms } from '../../sms/measure.ts'
import type { Message } from './simulated-twilio.ts'
import type { PlannedState } from './twilio-facts.ts'

/** A message as Twilio shows it. Dates are those of RFC 2822, in whole seconds. */
export function messageResource(message: Message, state: PlannedState | undefined): Record<string, unknown> {
  const { sid, accountSid, createdMs } = message
  const isOutbound = message.direction === 'outbound-api'
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`
  const sentMs = isOutbound ? message.plan?.find(({ status }) => status === 'sent')?.atMs : createdMs
  const isSent = !isOutbound || (state !== undefined && state.status !== 'queued')
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.isRedacted ? '' : message.body,
    date_created: dateText(createdMs),
    date_sent: isSent && sentMs !== undefined ? dateText(sentMs) : null,
    date_updated: dateText(state?.atMs ?? createdMs),
    direction: message.direction,
    error_code: state?.errorCode ?? null,
    error_message: null,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid ?? null,
    num_media: String(message.media?.length ?? 0),
    num_segments: String(measureSms(message.body).parts),
    price: null,
    price_unit: 'USD',
    sid,
    status: isOutbound ? (state?.status ?? 'queued') : 'received',
    subresource_uris: { media: uri.replace(/\.json$/, '/Media.json') },
    to: message.to,
    uri,
  }
}

function dateText(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000')
}
