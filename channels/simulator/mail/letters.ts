/** Mails as other servers write them: quoted-printable words, and reports of delivery. */

type Words = {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly subject?: string | undefined
  readonly text: string
  readonly inReplyTo?: string | undefined
  readonly atMs: number
}

/** A header is one line of ASCII (RFC 2047). */
function header(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ')
  return /^[\x20-\x7e]*$/.test(line) ? line : `=?utf-8?b?${Buffer.from(line).toString('base64')}?=`
}

export function letterOf({ id, from, to, subject = '', text, inReplyTo, atMs }: Words): string {
  const head = [
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: ${header(subject)}`,
    `Message-ID: ${id}`,
    `Date: ${new Date(atMs).toUTCString().replace('GMT', '+0000')}`,
    ...(inReplyTo === undefined ? [] : [`In-Reply-To: ${inReplyTo}`, `References: ${inReplyTo}`]),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ]
  const body = Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n')
  return `${head.join('\r\n')}\r\n\r\n${body}\r\n`
}

type Bounced = Pick<Words, 'id' | 'to' | 'subject' | 'atMs'> & { readonly returnPath: string }

/** The mailbox is not there. The head of the mail that came back is the last part. */
export function bounceOf({ id, to, returnPath, atMs, subject = '' }: Bounced): string {
  const boundary = `=_${atMs.toString(36)}`
  return [
    'From: Mail Delivery Subsystem <mailer-daemon@simulated.example>',
    `To: <${returnPath}>`,
    'Subject: Undelivered',
    `Message-ID: ${id}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'The mailbox does not exist.',
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; simulated.example',
    '',
    `Final-Recipient: rfc822; ${to}`,
    'Action: failed',
    'Status: 5.1.1',
    '',
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    `Subject: ${header(subject)}`,
    '',
    `--${boundary}--`,
    '',
  ].join('\r\n')
}
