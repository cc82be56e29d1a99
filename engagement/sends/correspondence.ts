import type { Sensitivity } from '#channels/api.ts'
import { type Clock, type Postgres, refuse } from '#platform/api.ts'
import type { Address, AddressKind, People } from '../people/types.ts'
import { attemptByPublicId } from '../store/attempts.ts'
import { sendsByIds } from '../store/sends.ts'
import type { ReadWords } from './dialogues.ts'
import type { Inbox, SentToHer } from './inbox.ts'
import { inboxChannelId } from './inbox-channel.ts'
import type { SendsNeighbours } from './parts.ts'
import type { Talks } from './talks.ts'

export type LetterState = 'waits' | 'on-its-way' | 'arrived' | 'read' | 'failed' | 'not-sent'

/** Something that was written to her. */
export type Letter = {
  readonly id: string
  readonly atMs: number
  /** Why it was written. */
  readonly purposeId: number
  readonly sensitivity: Sensitivity
  readonly subject?: string
  readonly text: string
  /** By which ways it was tried, the newest first. */
  readonly ways: readonly { readonly kind: AddressKind; readonly state: LetterState; readonly atMs: number }[]
  /** In the inbox of the pages, under this id. */
  readonly inboxId?: string
  readonly conversationId?: number
}

/** What one message was about, by the id that its link holds. */
export type SentAttempt = {
  readonly agencyId: number
  readonly addressId: number
  readonly channelId: string
  readonly purposeId: number
}

/** What went to and fro between an agency and a citizen, for her own eyes. */
export interface Correspondence {
  /** The newest first. `next` goes on. */
  page(personId: number, page: { limit: number; before?: number }): Promise<{ letters: Letter[]; next?: number }>
  one(personId: number, id: string): Promise<Letter | undefined>
  /** By the id in the link of a notice. */
  inboxLetter(inboxId: string): Promise<{ agencyId: number; personId: number } | undefined>
  /** She has the words before her. */
  markRead(inboxId: string): Promise<void>
  /** Her answer, into the conversation that the letter belongs to or a new one. The same key again changes nothing. */
  answer(personId: number, answer: { letter: Letter; key: string; text: string }): Promise<void>
  byAttempt(attempt: string): Promise<SentAttempt | undefined>
}

type Deps = Pick<SendsNeighbours, 'agencies' | 'consent' | 'preferences' | 'purposes'> & {
  readonly postgres: Postgres
  readonly read: ReadWords
  readonly clock: Clock
  readonly people: Pick<People, 'addAddress' | 'addressOf' | 'byId'>
  readonly inbox: Inbox
  readonly talks: Pick<Talks, 'route' | 'say'>
}

const lookPages = 10
const pageSize = 100

export class OwnCorrespondence implements Correspondence {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async page(personId: number, { limit, before }: { limit: number; before?: number }) {
    const { sends, next } = await this.#deps.inbox.sent([personId], { limit, before })
    return { letters: sends.flatMap(letterOf), ...(next !== undefined && { next }) }
  }

  async one(personId: number, id: string): Promise<Letter | undefined> {
    let before: number | undefined
    for (let n = 0; n < lookPages; n += 1) {
      const { letters, next } = await this.page(personId, { limit: pageSize, ...(before !== undefined && { before }) })
      const found = letters.find((letter) => letter.id === id)
      if (found !== undefined || next === undefined) return found
      before = next
    }
    return undefined
  }

  async inboxLetter(inboxId: string) {
    const message = await this.#deps.inbox.byId(inboxId)
    return message && { agencyId: message.agencyId, personId: message.personId }
  }

  markRead(inboxId: string): Promise<void> {
    return this.#deps.inbox.markRead(inboxId)
  }

  async answer(personId: number, { letter, key, text }: Parameters<Correspondence['answer']>[1]): Promise<void> {
    const { talks, clock } = this.#deps
    const address = await this.#inboxOf(personId)
    const receivedMs = clock.nowMs()
    const talk = await talks.route({
      agencyId: address.agencyId,
      address,
      channelId: inboxChannelId,
      answersConversation: letter.conversationId,
      receivedMs,
    })
    await this.#heed(address, personId, { letter, key, text }, receivedMs)
    const words = { key: `page ${key}`, text, files: [], channelId: inboxChannelId, kind: 'inbox' as const, receivedMs }
    await talks.say(talk, words)
  }

  /** STOP is STOP here too: of what she answers, or as wide as she says. Nobody but her writes here, so nothing is asked. */
  async #heed(
    { id: addressId, agencyId }: Address,
    personId: number,
    { letter, key, text }: Parameters<Correspondence['answer']>[1],
    atMs: number,
  ): Promise<void> {
    const { agencies, consent, people, postgres, preferences, purposes, read } = this.#deps
    const [agency, person, preferred] = await Promise.all([
      agencies.brief(agencyId),
      people.byId(personId),
      preferences.of(personId),
    ])
    const languages = [preferred.language, person?.language, agency?.language].filter((one) => one !== undefined)
    const { outcome, reach } = read(text, languages, 'inbox')
    const purpose = reach === 'programme' ? await purposes.byId(letter.purposeId) : undefined
    const ofProgramme = purpose?.basis === 'consent' ? { purposeId: purpose.id } : 'agency'
    const scope = reach === 'programme' ? ofProgramme : reach
    const how = { addressId, scope, channelId: inboxChannelId, source: 'inbox', proofKey: `page ${key}`, atMs } as const
    await postgres.transaction(async (tx) => {
      // Its gate first.
      if (outcome === 'stop') await consent.stop(tx, how)
      await consent.markWritten(tx, addressId, atMs)
    })
  }

  async byAttempt(id: string): Promise<SentAttempt | undefined> {
    const { postgres } = this.#deps
    const attempt = await attemptByPublicId(postgres, id)
    const [send] = attempt === undefined ? [] : await sendsByIds(postgres, [attempt.sendId])
    if (attempt === undefined || send === undefined) return undefined
    const { agencyId, addressId, channelId } = attempt
    return { agencyId, addressId, channelId, purposeId: send.purposeId }
  }

  /** Her inbox is an address like the others, and hers from the beginning. */
  async #inboxOf(personId: number) {
    const { postgres, people } = this.#deps
    const person = await people.byId(personId)
    if (person === undefined) throw refuse('M_NOT_FOUND', 'This record is gone. Ask for a new code.')
    const known = await people.addressOf(person.agencyId, 'inbox', person.publicId)
    if (known !== undefined) return known
    return postgres.transaction((tx) =>
      people.addAddress(tx, personId, { kind: 'inbox', value: person.publicId, isVerified: true }),
    )
  }
}

/** What holds no words any more is not shown, nor what was good for some minutes, such as codes. */
function letterOf(send: SentToHer): Letter[] {
  if (send.words === undefined || send.isQuestion) return []
  const { id, createdMs, purposeId, sensitivity, words, inboxId, conversationId } = send
  const ways = send.attempts.map(({ kind, state, atMs }) => ({ kind, state: states[state] ?? 'on-its-way', atMs }))
  return [
    {
      id,
      atMs: createdMs,
      purposeId,
      sensitivity,
      text: words.text,
      ways,
      ...(words.subject !== undefined && { subject: words.subject }),
      ...(inboxId !== undefined && { inboxId }),
      ...(conversationId !== undefined && { conversationId }),
    },
  ]
}

const states: Readonly<Record<string, LetterState>> = {
  queued: 'waits',
  sending: 'on-its-way',
  unknown: 'on-its-way',
  accepted: 'on-its-way',
  sent: 'on-its-way',
  failed: 'failed',
  delivered: 'arrived',
  read: 'read',
  withheld: 'not-sent',
}
