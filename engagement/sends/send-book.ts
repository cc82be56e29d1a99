import type { Sensitivity } from '#channels/api.ts'
import { type Clock, limits, type Nodes, type Random, type SealingKey, type Tx, type Vault } from '#platform/api.ts'
import type { AddressKind, People } from '../people/types.ts'
import { type AttemptRow, insertAttempts } from '../store/attempts.ts'
import { insertInboxMessages } from '../store/inbox-messages.ts'
import { insertSends, type SendInsert, type SendKind, type SendRow } from '../store/sends.ts'
import { sensitivities, type Way } from './ways.ts'

/** Words as they are kept until they leave. */
export type Words = { readonly text: string; readonly subject?: string | undefined }

export type NewSend = {
  /** Left out: a new one. */
  readonly publicId?: string | undefined
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
  /** What seals them, where the caller has it at hand. */
  readonly key?: SealingKey | undefined
  readonly madeBy?: number | undefined
  readonly deadlineTs: number
  /** Undefined where none is open: what that means is decided at once, like after a failure. */
  readonly way: WayTaken | undefined
  /** Not before. */
  readonly dueTs: number
  /** Its gate was passed in this transaction, and this server hands it over right after the commit. */
  readonly begins?: boolean | undefined
}

export type WayTaken = Pick<Way, 'addressId' | 'channelId' | 'form' | 'kind' | 'reason'>

export const wordsPurpose = 'send.words'
/** What goes to addresses of which nobody knows whose they are is sealed under a key of the server. */
const unknownAddressesKey = 'words to unknown addresses'

type Deps = {
  readonly clock: Clock
  readonly random: Random
  readonly nodes: Pick<Nodes, 'id'>
  readonly people: Pick<People, 'keyOf'>
  readonly vault: Pick<Vault, 'serverKey'>
}

/** An attempt as far as those who send it have to know it. */
export type MadeAttempt = Pick<AttemptRow, 'addressId' | 'channelId' | 'id' | 'publicId' | 'refusals' | 'sendId'>
export type MadeSend = {
  readonly id: number
  readonly publicId: string
  /** Undefined where no way was open. */
  readonly attempt: MadeAttempt | undefined
}

type NextAttempt = {
  readonly send: Pick<SendRow, 'agencyId' | 'conversationId' | 'personId' | 'publicId'>
  readonly way: WayTaken
  readonly refusals: number
  readonly dueTs: number
  readonly begins?: boolean | undefined
}

/** Writes down what is to be sent: the send, its first attempt, and what waits in the inbox. */
export class SendBook {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Undefined when the same event, or the question of the same dialogue, stands there already. */
  async add(tx: Tx, wish: NewSend): Promise<MadeSend | undefined> {
    return (await this.addAll(tx, [wish]))[0]
  }

  /** In the order of the wishes. */
  async addAll(tx: Tx, wishes: readonly NewSend[]): Promise<(MadeSend | undefined)[]> {
    if (wishes.length === 0) return []
    const rows: SendInsert[] = []
    for (const wish of wishes) {
      const isOpenWords = wish.words !== undefined && wish.key === undefined
      rows.push(this.#row(wish, isOpenWords ? await this.#keyFor(tx, wish.personId) : wish.key))
    }
    const nexts = wishes.flatMap(({ way, dueTs, begins }, at): NextAttempt[] =>
      way === undefined ? [] : [{ send: rows[at] as SendInsert, way, refusals: 0, dueTs, begins }],
    )
    // Started together: they name their sends by ids that are known already.
    const [ids, made] = await Promise.all([insertSends(tx, rows), this.attempts(tx, nexts)])
    const attempts = new Map(made.map((one) => [one.sendId, one]))
    return rows.map(({ publicId }, at) => {
      const id = ids[at]
      return id == null ? undefined : { id, publicId, attempt: attempts.get(id) }
    })
  }

  /** Further attempts for sends that have none under way. */
  async attempts(tx: Tx, nexts: readonly NextAttempt[]): Promise<MadeAttempt[]> {
    if (nexts.length === 0) return []
    const { clock, random, nodes } = this.#deps
    const nowTs = clock.nowMs()
    const rows = nexts.map(({ send, way, refusals, dueTs, begins = false }) => {
      const { addressId, channelId, form, reason } = way
      const { publicId: sendName, agencyId, conversationId } = send
      const publicId = `a${random.token(18)}`
      const what = { publicId, send: sendName, agencyId, conversationId, addressId, channelId, form }
      return { ...what, refusals, dueTs, reason, begins }
    })
    const waiting = nexts.flatMap(({ send: { publicId: send, agencyId, personId, conversationId }, way }) =>
      personId === null || (way.form === 'words' && way.kind !== 'inbox')
        ? []
        : [{ publicId: `i${random.token(18)}`, agencyId, personId, send, conversationId }],
    )
    const how = { node: nodes.id, nowTs, leaseMs: limits.sendLeaseMs }
    const [made] = await Promise.all([
      insertAttempts(tx, rows, how),
      waiting.length === 0 ? 0 : insertInboxMessages(tx, waiting, nowTs),
    ])
    const byName = new Map(rows.map((row) => [row.publicId, row]))
    return made.flatMap((one) => {
      const row = byName.get(one.publicId)
      return row === undefined ? [] : [{ ...row, ...one }]
    })
  }

  #row(wish: NewSend, key: SealingKey | undefined): SendInsert {
    const { clock, random } = this.#deps
    const publicId = wish.publicId ?? `s${random.token(18)}`
    const nowTs = clock.nowMs()
    return {
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
      sealed: key === undefined || wish.words === undefined ? null : sealedWords(key, publicId, wish.words),
      madeBy: wish.madeBy ?? null,
      createdTs: nowTs,
      deadlineTs: wish.deadlineTs,
      decideTs: wish.way === undefined ? nowTs : wish.deadlineTs,
    }
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
