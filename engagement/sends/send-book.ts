import type { Sensitivity } from '#channels/api.ts'
import type { Clock, Random, SealingKey, Tx, Vault } from '#platform/api.ts'
import type { AddressKind, People } from '../people/types.ts'
import { insertAttempt } from '../store/attempts.ts'
import { insertInboxMessage } from '../store/inbox-messages.ts'
import { insertSend, type SendKind, type SendRow } from '../store/sends.ts'
import { sensitivities, type Way } from './ways.ts'

/** Words as they are kept until they leave. */
export type Words = { readonly text: string; readonly subject?: string | undefined }

export type NewSend = {
  readonly kind: SendKind
  readonly agencyId: number
  readonly personId: number | undefined
  /** The only address, or the only sender, that it may take. */
  readonly addressId?: number | undefined
  readonly channelId?: string | undefined
  readonly purposeId: number
  readonly conversationId?: number | undefined
  /** Of a reply; one event leaves once. */
  readonly eventId?: number | undefined
  /** Of a question; a dialogue has one. */
  readonly dialogueId?: number | undefined
  readonly sensitivity: Sensitivity
  readonly wishedKind?: AddressKind | undefined
  /** Left out for a reply: its words are the event's. */
  readonly words?: Words | undefined
  readonly madeBy?: number | undefined
  readonly deadlineTs: number
  /** Undefined where none is open: what that means is decided at once, like after a failure. */
  readonly way: WayTaken | undefined
  /** Not before. */
  readonly dueTs: number
}

export type WayTaken = Pick<Way, 'addressId' | 'channelId' | 'form' | 'kind' | 'reason'>

export const wordsPurpose = 'send.words'
/** What goes to addresses of which nobody knows whose they are is sealed under a key of the server. */
const unknownAddressesKey = 'words to unknown addresses'

type Deps = {
  readonly clock: Clock
  readonly random: Random
  readonly people: Pick<People, 'keyOf'>
  readonly vault: Pick<Vault, 'serverKey'>
}

/** Writes down what is to be sent: the send, its first attempt, and what waits in the inbox. */
export class SendBook {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Undefined when the same event, or the question of the same dialogue, stands there already. */
  async add(tx: Tx, wish: NewSend): Promise<{ readonly id: number; readonly publicId: string } | undefined> {
    const { clock, random } = this.#deps
    const publicId = `s${random.token(18)}`
    const key = wish.words === undefined ? undefined : await this.#keyFor(tx, wish.personId)
    const words = key === undefined ? null : sealedWords(key, publicId, wish.words as Words)
    const nowTs = clock.nowMs()
    const id = await insertSend(tx, {
      publicId,
      agencyId: wish.agencyId,
      kind: wish.kind,
      personId: wish.personId ?? null,
      addressId: wish.addressId ?? null,
      channelId: wish.channelId ?? null,
      purposeId: wish.purposeId,
      conversationId: wish.conversationId ?? null,
      eventId: wish.eventId ?? null,
      dialogueId: wish.dialogueId ?? null,
      sensitivity: sensitivities.indexOf(wish.sensitivity),
      wishedKind: wish.wishedKind ?? null,
      keyId: key?.id ?? null,
      sealed: words,
      madeBy: wish.madeBy ?? null,
      createdTs: nowTs,
      deadlineTs: wish.deadlineTs,
      decideTs: wish.way === undefined ? nowTs : wish.deadlineTs,
    })
    if (id === undefined) return undefined
    const { agencyId, personId, conversationId, way, dueTs } = wish
    const send = { id, agencyId, personId: personId ?? null, conversationId: conversationId ?? null }
    if (way !== undefined) await this.attempt(tx, send, { way, refusals: 0, dueTs })
    return { id, publicId }
  }

  /** A further attempt for a send that has none under way. */
  async attempt(
    tx: Tx,
    send: Pick<SendRow, 'agencyId' | 'conversationId' | 'id' | 'personId'>,
    next: { way: WayTaken; refusals: number; dueTs: number },
  ): Promise<void> {
    const { clock, random } = this.#deps
    const { way, refusals, dueTs } = next
    const createdTs = clock.nowMs()
    const { agencyId, conversationId } = send
    const { addressId, channelId, form, reason } = way
    await insertAttempt(tx, {
      publicId: `a${random.token(18)}`,
      sendId: send.id,
      agencyId,
      conversationId,
      addressId,
      channelId,
      form,
      refusals,
      dueTs,
      reason,
      createdTs,
    })
    if ((form === 'words' && way.kind !== 'inbox') || send.personId === null) return
    const publicId = `i${random.token(18)}`
    await insertInboxMessage(tx, {
      publicId,
      agencyId,
      personId: send.personId,
      sendId: send.id,
      conversationId,
      createdTs,
    })
  }

  /** Before the first transaction: inside of one it would wait for a second connection. */
  async warm(): Promise<void> {
    await this.#deps.vault.serverKey(unknownAddressesKey)
  }

  #keyFor(tx: Tx, personId: number | undefined): Promise<SealingKey> {
    const { people, vault } = this.#deps
    return personId === undefined ? vault.serverKey(unknownAddressesKey) : people.keyOf(personId, tx)
  }
}

function sealedWords(key: SealingKey, publicId: string, words: Words): Buffer {
  return key.seal(wordsPurpose, publicId, Buffer.from(JSON.stringify(words)))
}

export function openedWords(key: SealingKey, send: Pick<SendRow, 'publicId' | 'sealed'>): Words | undefined {
  if (send.sealed === null) return undefined
  return JSON.parse(key.open(wordsPurpose, send.publicId, send.sealed).toString('utf8')) as Words
}
