/**
 * What other servers report of our mails: delivery status (RFC 3464) and complaints (ARF, RFC 5965). Whoever sends one knows
 * the attempt's id, which stood in the mail alone.
 */
import type { Receipt, SendFailure } from '../api.ts'
import type { Mailbox } from './mail-address.ts'
import { contentType, type Head, headerOf, type Part, partsOf, readHead } from './mime-head.ts'
import { attemptOfIds, ownAddress } from './tags.ts'

export type ReportOf = { readonly box: Mailbox; readonly channelId: string; readonly receivedMs: number }

export const isReport = (head: Head) => contentType(head).type === 'multipart/report'

/** Nothing where the report tells of no mail of ours, or only that delivery takes longer. */
export function readReport(raw: Buffer, to: readonly string[], { box, channelId, receivedMs }: ReportOf): Receipt[] {
  const parts = partsOf(raw)
  const attempt = attemptOf(box, to, parts)
  if (attempt === undefined) return []
  const about = { channelId, attempt, atMs: receivedMs }
  if (isComplaint(parts)) return [{ ...about, state: 'failed', code: 'complaint', reason: 'stopped' }]
  const status = parts.find(({ head }) => contentType(head).type === 'message/delivery-status')
  return status === undefined ? [] : deliveries(status.body).map((delivery) => ({ ...about, ...delivery }))
}

function attemptOf(box: Mailbox, to: readonly string[], parts: readonly Part[]): string | undefined {
  for (const address of to) {
    const tag = ownAddress(box, address)?.tag
    if (tag?.use === 'bounce') return tag.attempt
  }
  const originals = new Set(['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers'])
  const original = parts.find(({ head }) => originals.has(contentType(head).type))
  const id = original === undefined ? undefined : headerOf(readHead(original.body).head, 'message-id')
  return id === undefined ? undefined : attemptOfIds(box, [id])
}

/** `not-spam` takes a complaint back; it opens nothing here, because only she herself does. */
function isComplaint(parts: readonly Part[]): boolean {
  const report = parts.find(({ head }) => contentType(head).type === 'message/feedback-report')
  if (report === undefined) return false
  const type = headerOf(readHead(`${report.body}\r\n\r\n`).head, 'feedback-type')
  return type !== undefined && type.toLowerCase() !== 'not-spam'
}

type Told = Pick<Receipt, 'state' | 'code' | 'reason'>

/** The first group of fields is about the report itself, each other one about a recipient. */
function deliveries(body: string): Told[] {
  const groups = body.split(/\r?\n[ \t]*\r?\n/).slice(0, 20)
  return groups.flatMap((group): Told[] => {
    const { head } = readHead(`${group}\r\n\r\n`)
    const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(headerOf(head, 'status') ?? '')?.[0]
    switch (headerOf(head, 'action')?.toLowerCase()) {
      case 'failed':
        return [{ state: 'failed', code: status ?? 'bounced', reason: reasonOf(status) }]
      case 'delivered':
        return [{ state: 'delivered' }]
      default:
        return []
    }
  })
}

/** https://www.iana.org/assignments/smtp-enhanced-status-codes: 1 address, 2 mailbox, 7 policy. */
export function reasonOf(status: string | undefined): SendFailure {
  if (status === undefined) return 'unreachable'
  const [, subject] = status.split('.')
  if (subject === '1') return 'invalid'
  return subject === '7' || subject === '6' ? 'rejected' : 'unreachable'
}
