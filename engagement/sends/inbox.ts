import type { Sensitivity } from '#channels/api.ts'
import type { Clock, Postgres, Vault } from '#platform/api.ts'
import type { AddressKind } from '../people/types.ts'
import { attemptsOfSends } from '../store/attempts.ts'
import {
  type InboxRow,
  inboxMessage,
  inboxMessagesOf,
  inboxMessagesOfSends,
  markInboxMessageRead,
} from '../store/inbox-messages.ts'
import { type SendRow, sendsByIds, sendsOfPeople } from '../store/sends.ts'
import { attemptPlaces, attemptState } from './attempt-states.ts'
import type { Replied } from './composing.ts'
import { inboxChannelId } from './inbox-channel.ts'
import type { Outcomes } from './outcomes.ts'
import type { AllChannels } from './parts.ts'
import { openedWords, type Words } from './send-book.ts'
import { sensitivities } from './ways.ts'

/** What waits for a citizen until she has proved who she is. */
export type InboxMessage = {
  readonly id: string
  readonly personId: number
  readonly agencyId: number
  readonly purposeId: number
  /** Where an answer to it goes; undefined where it began nothing yet. */
  readonly conversationId: number | undefined
  readonly words: Words
  readonly createdMs: number
  readonly readMs: number | undefined
}

/** What was sent to a citizen, for herself. */
export type SentToHer = {
  readonly id: string
  readonly purposeId: number
  readonly createdMs: number
  /** Asked for a moment before: a code, or what is meant by STOP. */
  readonly isQuestion: boolean
  /** Undefined where they hold no words any more, or a code that is still good. */
  readonly words: Words | undefined
  readonly sensitivity: Sensitivity
  readonly conversationId?: number
  /** Under which it lies in her inbox, where it does. */
  readonly inboxId?: string
  readonly attempts: readonly {
    channelId: string
    kind: AddressKind
    form: string
    state: string
    atMs: number
    reason: string
  }[]
}

export type Page = { readonly limit: number; readonly before?: number | undefined }

/** What the pages show of sends. Whoever asks has made sure whose they are. */
export interface Inbox {
  /** The newest first; `next` goes on. */
  of(personIds: readonly number[], page: Page): Promise<{ messages: InboxMessage[]; next: number | undefined }>
  /** By the id in the link of a notice, which opens nothing by itself. */
  byId(publicId: string): Promise<InboxMessage | undefined>
  /** She has read it: that is a receipt like any other. */
  markRead(publicId: string): Promise<void>
  sent(personIds: readonly number[], page: Page): Promise<{ sends: SentToHer[]; next: number | undefined }>
}

type Deps = {
  readonly postgres: Postgres
  readonly clock: Clock
  readonly vault: Pick<Vault, 'keys'>
  readonly channels: Pick<AllChannels, 'byId'>
  readonly replied: Replied
  readonly outcomes: Pick<Outcomes, 'hear'>
}

export class SentInbox implements Inbox {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async of(personIds: readonly number[], { limit, before }: Page) {
    const rows = await inboxMessagesOf(this.#deps.postgres, personIds, before ?? Number.MAX_SAFE_INTEGER, limit)
    return { messages: await this.#opened(rows), next: rows.length === limit ? rows.at(-1)?.id : undefined }
  }

  async byId(publicId: string): Promise<InboxMessage | undefined> {
    const row = await inboxMessage(this.#deps.postgres, publicId)
    return row === undefined ? undefined : (await this.#opened([row]))[0]
  }

  async markRead(publicId: string): Promise<void> {
    const { postgres, clock, outcomes } = this.#deps
    const row = await inboxMessage(postgres, publicId)
    if (row === undefined || !(await markInboxMessageRead(postgres, row.id, clock.nowMs()))) return
    const attempts = await attemptsOfSends(postgres, [row.sendId])
    // Whichever way brought her here: the words lay in the inbox, and she has read them.
    const brought = attempts.filter(
      ({ form, channelId, sendingTs }) => sendingTs !== null && (form === 'notice' || channelId === inboxChannelId),
    )
    await outcomes.hear(brought.map((attempt) => ({ attempt, state: 'read' })))
  }

  async sent(personIds: readonly number[], { limit, before }: Page) {
    const { postgres, channels, clock } = this.#deps
    const rows = await sendsOfPeople(postgres, personIds, before ?? Number.MAX_SAFE_INTEGER, limit)
    const ids = rows.map(({ id }) => id)
    const [words, attempts, waiting] = await Promise.all([
      this.#words(rows),
      attemptsOfSends(postgres, ids),
      inboxMessagesOfSends(postgres, ids),
    ])
    const inboxIds = new Map(waiting.map(({ sendId, publicId }) => [sendId, publicId]))
    const nowMs = clock.nowMs()
    const sends = rows.map(
      (row): SentToHer => ({
        id: row.publicId,
        purposeId: row.purposeId,
        createdMs: row.createdTs,
        isQuestion: row.kind === 'question',
        // A code that is still good shows who reads at that address, so it is read there and nowhere else.
        words: row.kind === 'question' && row.deadlineTs > nowMs ? undefined : words.get(row.id),
        sensitivity: sensitivities[row.sensitivity] ?? 'sensitive',
        ...(row.conversationId !== null && { conversationId: row.conversationId }),
        ...(inboxIds.has(row.id) && { inboxId: inboxIds.get(row.id) as string }),
        attempts: attempts
          .filter(({ sendId, state }) => sendId === row.id && state !== attemptPlaces.withheld)
          .map(({ channelId, form, state, changedTs, reason }) => ({
            channelId,
            kind: channels.byId(channelId)?.kind ?? 'inbox',
            form,
            state: attemptState(state),
            atMs: changedTs,
            reason,
          })),
      }),
    )
    return { sends, next: rows.length === limit ? rows.at(-1)?.id : undefined }
  }

  async #opened(rows: readonly InboxRow[]): Promise<InboxMessage[]> {
    const sends = await sendsByIds(
      this.#deps.postgres,
      rows.map(({ sendId }) => sendId),
    )
    const words = await this.#words(sends)
    const byId = new Map(sends.map((send) => [send.id, send]))
    return rows.flatMap((row) => {
      const [send, said] = [byId.get(row.sendId), words.get(row.sendId)]
      if (send === undefined || said === undefined) return []
      const { publicId: id, personId, agencyId, createdTs: createdMs } = row
      const { purposeId } = send
      const conversationId = row.conversationId ?? undefined
      return [
        { id, personId, agencyId, purposeId, conversationId, words: said, createdMs, readMs: row.readTs ?? undefined },
      ]
    })
  }

  async #words(sends: readonly SendRow[]): Promise<Map<number, Words>> {
    const { vault, replied } = this.#deps
    const eventIds = sends.flatMap(({ eventId }) => eventId ?? [])
    const [keys, replies] = await Promise.all([
      vault.keys([...new Set(sends.flatMap(({ keyId }) => keyId ?? []))]),
      eventIds.length === 0 ? undefined : replied.words(eventIds, new Set()),
    ])
    return new Map(
      sends.flatMap((send) => {
        const key = send.keyId === null ? undefined : keys.get(send.keyId)
        const own = key === undefined ? undefined : openedWords(key, send)
        const words = own ?? (send.eventId === null ? undefined : replies?.get(send.eventId))
        return words === undefined ? [] : [[send.id, words] as const]
      }),
    )
  }
}
