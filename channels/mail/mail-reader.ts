import { createHash } from 'node:crypto'
import type { Attachment, ParsedMail } from 'mailparser'
import addressparser from 'nodemailer/lib/addressparser'
import { type DnsResolver, limits, type ReceivedMail } from '#platform/api.ts'
import type { InboundFile, InboundMessage, Receipt } from '../api.ts'
import type { HandOver, TakenHook } from '../provider.ts'
import { authenticityOf, NotAsked } from './authenticity.ts'
import { oneLine } from './compose-mail.ts'
import { type Mailbox, mailAddress } from './mail-address.ts'
import { type Head, headerOf, readHead } from './mime-head.ts'
import { isReport, readReport } from './reports.ts'
import { packMail, unpackMail } from './stored-mail.ts'
import { attemptOfIds, ownAddress } from './tags.ts'

type Deps = {
  readonly box: Mailbox
  readonly channelId: string
  readonly resolve: DnsResolver
  readonly helo: string
  readonly checksSenders: boolean
}

/** Larger HTML is not made into text: it would hold everybody up. The mail itself is attached then. */
const htmlLengthMax = 200_000
/** So often the records of a domain that does not answer are asked for; then nobody can say whose the mail is. */
const asksMax = 4
const subjectLengthMax = 300

export class MailReader {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** What the mail is, before it is stored; `refused` for what nobody wrote to us, and for our own coming back. */
  take(mail: ReceivedMail): TakenHook | 'refused' {
    const { box } = this.#deps
    const { head } = readHead(mail.raw)
    const payload = packMail(mail)
    const identity = createHash('sha256').update(mail.to.join(' ')).update('\n').update(mail.raw).digest('base64')
    const isBounce = mail.to.some((address) => ownAddress(box, address)?.tag?.use === 'bounce')
    if (isReport(head) || isBounce) return { what: 'receipts', identity, payload }
    const sender = senderOf(head)
    if (sender === undefined || ownAddress(box, sender) !== undefined || mail.from === '') return 'refused'
    return { what: 'message', identity, sender, payload }
  }

  async message(
    payload: Buffer,
    { attempt }: HandOver,
  ): Promise<Omit<InboundMessage, 'id' | 'channelId' | 'kind' | 'receivedMs'>> {
    const { box } = this.#deps
    const mail = unpackMail(payload)
    const parsed = await parse(mail.raw)
    const { head } = readHead(mail.raw)
    const from = senderOf(head) ?? mail.from
    const subject = oneLine(parsed.subject ?? '').slice(0, subjectLengthMax)
    const answersAttempt = this.#answers(mail, parsed)
    const threadOf = threadIn(parsed)
    return {
      from,
      to: box.address,
      ...wordsOf(parsed, mail.raw),
      ...(subject !== '' && { subject }),
      ...(answersAttempt !== undefined && { answersAttempt }),
      ...(threadOf !== undefined && { threadOf }),
      ...(isAutomatic(head) && { isAutomatic: true as const }),
      authenticity: isPlain(head, parsed, from) ? await this.#authenticity(mail, from, attempt) : 'forged',
    }
  }

  receipts(payload: Buffer, receivedMs: number): readonly Receipt[] {
    const { raw, to } = unpackMail(payload)
    return readReport(raw, to, { ...this.#deps, receivedMs })
  }

  #answers({ to }: ReceivedMail, { inReplyTo, references = [] }: ParsedMail): string | undefined {
    const { box } = this.#deps
    for (const address of to) {
      const tag = ownAddress(box, address)?.tag
      if (tag?.use === 'reply') return tag.attempt
    }
    const ids = Array.isArray(references) ? references : [references]
    return attemptOfIds(box, [...ids, ...(inReplyTo === undefined ? [] : [inReplyTo])])
  }

  async #authenticity(mail: ReceivedMail, from: string, attempt: number): Promise<InboundMessage['authenticity']> {
    if (!this.#deps.checksSenders) return 'forgeable'
    try {
      return await authenticityOf(mail, from, this.#deps)
    } catch (error) {
      if (error instanceof NotAsked && attempt < asksMax) throw error
      return 'forgeable'
    }
  }
}

/** The newest ids of a long thread are enough; ids are one word each and no longer than a header line. */
const referencesMax = 20
const idForm = /^<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/

/** RFC 5322 §3.6.4: an answer names the mail that it answers, after all that this one named. */
function threadIn({ messageId, references = [] }: ParsedMail): InboundMessage['threadOf'] {
  if (messageId === undefined || !idForm.test(messageId)) return undefined
  const before = (Array.isArray(references) ? references : [references]).filter((id) => idForm.test(id))
  return { inReplyTo: messageId, references: [...before, messageId].slice(-referencesMax) }
}

/** Longer is no sender in any spelling, and would hold the reader up. */
const fromLengthMax = 2_000

/** The addresses in From, as mail programs read them; what is read as Latin-1 may be UTF-8 (RFC 6532). */
function authorsOf(head: Head): string[] {
  const from = Buffer.from(headerOf(head, 'from') ?? '', 'latin1').toString('utf8')
  if (from.length > fromLengthMax) return []
  return addressparser(from, { flatten: true }).flatMap(({ address = '' }) => mailAddress(address) ?? [])
}

/** The first of several, which is forged then. */
const senderOf = (head: Head) => authorsOf(head)[0]

/** One author, and everybody who reads the mail reads the same one: what can be read in two ways was written to deceive. */
function isPlain(head: Head, parsed: ParsedMail, from: string): boolean {
  const read = parsed.from?.value.flatMap(({ address = '', group }) =>
    group === undefined ? [mailAddress(address)] : [undefined],
  )
  return authorsOf(head).length === 1 && read?.length === 1 && read[0] === from
}

/** A machine answered (RFC 3834). Nobody answers that. */
function isAutomatic(head: Head): boolean {
  const submitted = headerOf(head, 'auto-submitted')?.toLowerCase() ?? 'no'
  const precedence = headerOf(head, 'precedence')?.toLowerCase() ?? ''
  return !submitted.startsWith('no') || precedence === 'auto_reply'
}

async function parse(raw: Buffer): Promise<ParsedMail> {
  const { simpleParser } = await import('mailparser')
  return simpleParser(raw, {
    skipImageLinks: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    maxHtmlLengthToParse: htmlLengthMax,
    checksumAlgo: false,
  })
}

/** What does not fit into a conversation is not lost: the whole mail goes along as a file. */
function wordsOf(parsed: ParsedMail, raw: Buffer): Pick<InboundMessage, 'text' | 'files' | 'filesMissing'> {
  const whole = (parsed.text ?? '').replaceAll('\r\n', '\n').trim()
  const text = whole.slice(0, limits.mailTextLengthMax)
  const isCut = text.length < whole.length || (whole === '' && typeof parsed.html === 'string')
  const attached = parsed.attachments.slice(0, limits.mailFilesMax).map(fileOf)
  const files = isCut ? [...attached, { name: 'mail.eml', type: 'message/rfc822', bytes: raw }] : attached
  return { text, files, filesMissing: parsed.attachments.length - attached.length }
}

function fileOf({ filename, contentType, content }: Attachment, at: number): InboundFile {
  return { name: oneLine(filename ?? `file-${at + 1}`).slice(0, 200), type: contentType, bytes: content }
}
