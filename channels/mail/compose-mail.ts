import type { SendWish } from '../api.ts'
import type { Mailbox } from './mail-address.ts'
import { messageIdOf, taggedAddress } from './tags.ts'

export type DkimKey = { readonly domain: string; readonly selector: string; readonly privateKey: string }

/** RFC 8058 asks that both headers of one-click unsubscription are signed. */
const signedHeaders = [
  ...['From', 'Sender', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'To', 'MIME-Version', 'Content-Type'],
  ...['Content-Transfer-Encoding', 'In-Reply-To', 'References', 'List-Unsubscribe', 'List-Unsubscribe-Post'],
].join(':')

/** The mail as bytes: threaded (RFC 5322 §3.6.4), with one-click unsubscription (RFC 8058) and signed (RFC 6376). */
export async function composeMail(
  box: Mailbox,
  wish: Omit<SendWish, 'signal'>,
  nowMs: number,
  key?: DkimKey,
): Promise<Buffer> {
  const { attempt, threadOf, unsubscribe } = wish
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const composer = new MailComposer({
    from: { name: oneLine(box.name), address: box.address },
    to: { name: '', address: wish.to },
    replyTo: { name: oneLine(box.name), address: taggedAddress(box, { use: 'reply', attempt }) },
    subject: oneLine(wish.subject ?? ''),
    messageId: messageIdOf(box, attempt),
    date: new Date(nowMs),
    text: wish.text,
    ...(wish.html === undefined ? {} : { html: wish.html }),
    ...(threadOf === undefined ? {} : { inReplyTo: threadOf.inReplyTo, references: [...threadOf.references] }),
    ...(unsubscribe === undefined ? {} : { headers: unsubscribeHeaders(unsubscribe) }),
    attachments: (wish.attachments ?? []).map(({ name, type, bytes }) => ({
      filename: oneLine(name),
      contentType: type,
      content: bytes,
    })),
    // Nothing in the words may make this server read a file or ask an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const built = await composer.compile().build()
  if (key === undefined) return built
  const { default: DKIM } = await import('nodemailer/lib/dkim')
  const signed = new DKIM({ domainName: key.domain, keySelector: key.selector, privateKey: key.privateKey }).sign(
    built,
    {
      headerFieldNames: signedHeaders,
    },
  )
  const parts: Buffer[] = []
  for await (const part of signed as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts)
}

function unsubscribeHeaders({ url, mailto }: NonNullable<SendWish['unsubscribe']>): Record<string, string> {
  const ways = [url, ...(mailto === undefined ? [] : [`mailto:${mailto}`])]
  return {
    'List-Unsubscribe': ways.map((way) => `<${oneLine(way)}>`).join(', '),
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}

/** A header is one line: what follows a line break would be another header. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}
