import type { Channel, Outgoing, OutgoingFile, SendWish } from '#channels/api.ts'
import { isJsonObject } from '#matrix/api.ts'
import type { Logger, Postgres, SealingKey, Vault } from '#platform/api.ts'
import type { Agency } from '../agencies/types.ts'
import type { LegalBasis } from '../consent/types.ts'
import type { Address } from '../people/types.ts'
import type { AttemptRow } from '../store/attempts.ts'
import { inboxMessagesOfSends } from '../store/inbox-messages.ts'
import { lastInOf } from '../store/last-in.ts'
import type { SendRow } from '../store/sends.ts'
import type { AllChannels, SendsNeighbours } from './parts.ts'
import type { Composing, Prepared } from './pipeline.ts'
import { noticeText } from './question-texts.ts'
import { openedWords, type Words } from './send-book.ts'

/** What a reply says, from the room in which it was said: a redacted one says nothing any more. */
export type ReplyWords = { readonly text: string; readonly file?: OutgoingFile | undefined }
export interface Replied {
  /** By internal event id. `withFiles`: their bytes too. */
  words(eventIds: readonly number[], withFiles: ReadonlySet<number>): Promise<Map<number, ReplyWords>>
}

/** Addresses of the pages that citizens open. */
export interface CitizenLinks {
  /** Of what waits in her inbox. */
  inbox(publicId: string): string
  /** Where one request ends the programme of an attempt (RFC 8058), and where a person sees a button for it. */
  unsubscribe(attempt: string): string
}

type Deps = Pick<SendsNeighbours, 'agencies' | 'people' | 'purposes'> & {
  readonly postgres: Postgres
  readonly vault: Pick<Vault, 'keys'>
  readonly logger: Logger
  readonly channels: Pick<AllChannels, 'byId'>
  readonly replied: Replied
  readonly links: CitizenLinks
}

/** A message whose address and words are at hand. */
export type KnownMessage = {
  readonly to: string
  readonly words: Words
  readonly agency: Agency
  readonly basis: LegalBasis
}

type Gathered = {
  readonly addresses: ReadonlyMap<number, Address>
  readonly keys: ReadonlyMap<number, SealingKey>
  readonly replies: ReadonlyMap<number, ReplyWords>
  /** By send, the id under which its words wait in the inbox. */
  readonly inbox: ReadonlyMap<number, string>
  readonly agencies: ReadonlyMap<number, Agency | undefined>
}

/** What a thread of mails is sealed for. */
export const threadPurpose = 'last_in.thread'

/** Puts together what attempts say: opens address and words, writes the neutral line, threads mails. */
export class ComposeSends implements Composing {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async prepare(attempts: readonly AttemptRow[], sends: ReadonlyMap<number, SendRow>): Promise<Map<number, Prepared>> {
    const gathered = await this.#gather(attempts, sends)
    const prepared = await Promise.all(
      attempts.map(async (attempt) => {
        const send = sends.get(attempt.sendId)
        if (send === undefined) return [attempt.id, { isReady: false, code: 'erased' }] as const
        return [attempt.id, await this.#one(gathered, attempt, send)] as const
      }),
    )
    return new Map(prepared)
  }

  async #gather(attempts: readonly AttemptRow[], sends: ReadonlyMap<number, SendRow>): Promise<Gathered> {
    const { postgres, people, vault, replied, agencies, channels } = this.#deps
    const all = attempts.flatMap((one) => sends.get(one.sendId) ?? [])
    const eventIds = [...new Set(all.flatMap(({ eventId }) => eventId ?? []))]
    const byMail = new Set(
      attempts.flatMap((one) => (channels.byId(one.channelId)?.kind === 'mail' ? [one.sendId] : [])),
    )
    const withFiles = new Set(all.flatMap((send) => (byMail.has(send.id) ? (send.eventId ?? []) : [])))
    const notices = attempts.flatMap((one) => (one.form === 'notice' ? [one.sendId] : []))
    const agencyIds = [...new Set(all.map(({ agencyId }) => agencyId))]
    const [addresses, keys, replies, inbox, found] = await Promise.all([
      people.addressesByIds([...new Set(attempts.map(({ addressId }) => addressId))]),
      vault.keys([...new Set(all.flatMap(({ keyId }) => keyId ?? []))]),
      eventIds.length === 0 ? new Map<number, ReplyWords>() : replied.words(eventIds, withFiles),
      notices.length === 0 ? [] : inboxMessagesOfSends(postgres, notices),
      Promise.all(agencyIds.map(async (id) => [id, await agencies.byId(id)] as const)),
    ])
    return {
      addresses,
      keys,
      replies,
      inbox: new Map(inbox.map(({ sendId, publicId }) => [sendId, publicId])),
      agencies: new Map(found),
    }
  }

  async #one(gathered: Gathered, attempt: AttemptRow, send: SendRow): Promise<Prepared> {
    const channel = this.#deps.channels.byId(attempt.channelId)
    const address = gathered.addresses.get(attempt.addressId)
    const agency = gathered.agencies.get(send.agencyId)
    if (channel === undefined) return { isReady: false, code: 'no-channel' }
    if (address === undefined || agency === undefined) return { isReady: false, code: 'erased' }
    const words = attempt.form === 'notice' ? await this.#notice(gathered, send, agency) : this.#words(gathered, send)
    if (words === undefined) return { isReady: false, code: send.eventId === null ? 'erased' : 'redacted' }
    const file = send.eventId === null ? undefined : gathered.replies.get(send.eventId)?.file
    const mail = channel.kind === 'mail' ? await this.#mail(attempt, send, agency, words) : {}
    const content = {
      text: words.text,
      ...mail,
      ...(file === undefined || attempt.form === 'notice' ? {} : { attachments: [file] }),
    }
    return preparedFor(channel, address.value, content)
  }

  /** What leaves at once, from what whoever takes it in has at hand. */
  atOnce(attempt: Pick<AttemptRow, 'channelId' | 'publicId'>, known: KnownMessage): Prepared {
    const channel = this.#deps.channels.byId(attempt.channelId)
    if (channel === undefined) return { isReady: false, code: 'no-channel' }
    const { words, agency, basis, to } = known
    const mail = channel.kind === 'mail' ? this.#mailOf(attempt, words.subject ?? agency.name, basis) : {}
    return preparedFor(channel, to, { text: words.text, ...mail })
  }

  #words({ keys, replies }: Gathered, send: SendRow): Words | undefined {
    if (send.eventId !== null) return replies.get(send.eventId)
    const key = send.keyId === null ? undefined : keys.get(send.keyId)
    return key === undefined ? undefined : openedWords(key, send)
  }

  async #notice({ inbox }: Gathered, send: SendRow, agency: Agency): Promise<Words | undefined> {
    const publicId = inbox.get(send.id)
    if (publicId === undefined || send.personId === null) return undefined
    const person = await this.#deps.people.byId(send.personId)
    const link = this.#deps.links.inbox(publicId)
    return noticeText(person?.language ?? agency.language, { agency: agency.name, link })
  }

  /** A subject, the thread that it answers, and the way out of what rests on consent. */
  async #mail(
    attempt: AttemptRow,
    send: SendRow,
    agency: Agency,
    words: Words,
  ): Promise<Pick<SendWish, 'subject' | 'threadOf' | 'unsubscribe'>> {
    const { purposes } = this.#deps
    if (send.kind === 'message') {
      const purpose = await purposes.byId(send.purposeId)
      return this.#mailOf(attempt, words.subject ?? agency.name, purpose?.basis)
    }
    const thread = await this.#thread(attempt)
    const subject = words.subject ?? thread?.subject ?? agency.name
    return { subject, ...(thread?.threadOf === undefined ? {} : { threadOf: thread.threadOf }) }
  }

  #mailOf({ publicId }: Pick<AttemptRow, 'publicId'>, subject: string, basis: LegalBasis | undefined) {
    return { subject, ...(basis === 'consent' ? { unsubscribe: { url: this.#deps.links.unsubscribe(publicId) } } : {}) }
  }

  async #thread({ addressId, channelId }: AttemptRow) {
    const { postgres, vault } = this.#deps
    const last = await lastInOf(postgres, addressId, channelId)
    if (last?.sealedThread == null || last.keyId === null) return undefined
    const key = (await vault.keys([last.keyId])).get(last.keyId)
    if (key === undefined) return undefined
    return threadIn(key.open(threadPurpose, `${addressId} ${channelId}`, last.sealedThread))
  }
}

function preparedFor(channel: Channel, to: string, content: Outgoing): Prepared {
  if (channel.measure(content).isTooLong) return { isReady: false, code: 'too-long' }
  return { isReady: true, to, ...content }
}

export type MailThread = { readonly subject?: string; readonly threadOf?: NonNullable<SendWish['threadOf']> }

export const threadBytes = (thread: MailThread): Buffer => Buffer.from(JSON.stringify(thread))

function threadIn(bytes: Buffer): MailThread | undefined {
  const value: unknown = JSON.parse(bytes.toString('utf8'))
  return isJsonObject(value as never) ? (value as MailThread) : undefined
}

/** `Re:` once, however often it went back and forth. */
export const answerSubject = (subject: string): string => (/^re:/i.test(subject) ? subject : `Re: ${subject}`)
