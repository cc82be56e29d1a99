import type { Channel, InboundMessage, Receipt, Receiver } from '#channels/api.ts'
import type { Postgres, SealingKey, Tx, Vault } from '#platform/api.ts'
import type { Agency } from '../agencies/types.ts'
import { ownWords } from '../opt-out/own-words.ts'
import type { Address, People } from '../people/types.ts'
import { agencyLastSentTo, attemptByPublicId, attemptsByNames } from '../store/attempts.ts'
import { beginToTell, finishInbound, inboundDone, isFirstTime } from '../store/inbound-done.ts'
import { lastInOf, putLastIn } from '../store/last-in.ts'
import { agencyAsking } from '../store/stop-dialogues.ts'
import { insertTellings } from '../store/tellings.ts'
import { answerSubject, threadBytes, threadPurpose } from './composing.ts'
import type { Dialogues } from './dialogues.ts'
import type { Fate, Outcomes } from './outcomes.ts'
import type { SendsMachine, SendsNeighbours } from './parts.ts'
import { answerIn } from './question-texts.ts'
import type { Talk, Talks } from './talks.ts'

type Deps = Pick<SendsMachine, 'clock' | 'logger'> &
  Pick<SendsNeighbours, 'channels'> & {
    readonly people: SendsNeighbours['people'] & Pick<People, 'addressOf'>
    readonly agencies: SendsNeighbours['agencies'] & {
      byKey(key: string): Promise<Agency | undefined>
      all(): Promise<Agency[]>
    }
    readonly postgres: Postgres
    readonly vault: Pick<Vault, 'serverKey'>
    readonly talks: Pick<Talks, 'notice' | 'route' | 'say'>
    readonly dialogues: Pick<Dialogues, 'hear'>
    readonly outcomes: Pick<Outcomes, 'hear'>
    readonly onTold: () => void
  }

/** Threads of mails from addresses of which nobody knows whose they are. */
const unknownThreadsKey = 'threads of unknown addresses'

/** What comes in from citizens: commands act first, then the words go into the conversation that they answer. */
export class Inbound implements Receiver {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async message(inbound: InboundMessage): Promise<void> {
    const { channels, dialogues, people, postgres } = this.#deps
    const channel = channels.byId(inbound.channelId)
    if (channel === undefined) throw new Error(`The channel ${inbound.channelId} is no longer in the configuration.`)
    const agency = await this.#agencyOf(channel, inbound)
    const { authenticity } = inbound
    if (authenticity === 'forged') return this.#leaveOut(agency, inbound)
    const address = await postgres.transaction((tx) => people.ensureAddress(tx, agency.id, inbound.kind, inbound.from))
    // A machine that answers by itself says nothing of what she wants.
    const heeded = inbound.isAutomatic ? passed : await dialogues.hear(agency, address, { ...inbound, authenticity })
    if (heeded.passes) await this.#carryOn(agency, channel, address, inbound)
    else await this.#remember(agency, address, inbound, undefined)
    if (heeded.heard !== undefined) await this.#tellRunning(address, inbound)
  }

  async receipts(receipts: readonly Receipt[]): Promise<readonly Receipt[]> {
    const { postgres, outcomes, logger } = this.#deps
    const names = receipts.flatMap(({ attempt }) => attempt ?? [])
    const references = receipts.flatMap(({ attempt, reference, channelId }) =>
      attempt === undefined && reference !== undefined ? [{ channelId, reference }] : [],
    )
    const found = await attemptsByNames(postgres, names, references)
    const byName = new Map(found.map((one) => [one.publicId, one]))
    const byReference = new Map(found.map((one) => [`${one.channelId} ${one.reference}`, one]))
    const attemptOf = ({ attempt: name, reference, channelId }: Receipt) =>
      name === undefined ? byReference.get(`${channelId} ${reference}`) : byName.get(name)
    const fates = receipts.flatMap((receipt): Fate[] => {
      const attempt = attemptOf(receipt)
      // A receipt speaks for its own channel and for no other.
      return attempt?.channelId === receipt.channelId ? [fateOf(attempt, receipt)] : []
    })
    if (fates.length < receipts.length) logger.info('sends.receipts_unknown', { count: receipts.length - fates.length })
    await outcomes.hear(fates)
    // Without our own name for it, its reference may be learnt later than what became of it.
    return receipts.filter((receipt) => receipt.attempt === undefined && attemptOf(receipt) === undefined)
  }

  /**
   * Of a sender that several agencies share: the one that wrote to her last, for her STOP is about what that one sent. But what
   * is nothing but an answer goes to the one that asked, whoever has written since.
   */
  async #agencyOf(channel: Channel, inbound: InboundMessage): Promise<Agency> {
    const { agencies, people, postgres, clock } = this.#deps
    const { kind, from } = inbound
    const all = channel.agency === undefined ? await agencies.all() : [await agencies.byKey(channel.agency)]
    const [first] = all
    if (first === undefined) throw new Error(`The channel ${channel.id} is of an agency that does not exist.`)
    if (all.length === 1) return first
    const known = await Promise.all(all.flatMap((one) => one && people.addressOf(one.id, kind, from)))
    const ids = known.flatMap((address) => address?.id ?? [])
    const asking = isAnswer(inbound) ? await agencyAsking(postgres, ids, channel.id, clock.nowMs()) : undefined
    const agencyId = asking ?? (await agencyLastSentTo(postgres, ids, channel.id))
    return all.find((one) => one?.id === agencyId) ?? first
  }

  /** It is not hers: it does nothing, and stands nowhere in her name. Whoever talks with her learns that it came. */
  async #leaveOut(agency: Agency, { id, kind, from, channelId }: InboundMessage): Promise<void> {
    const { postgres, people, clock, logger } = this.#deps
    const address = await people.addressOf(agency.id, kind, from)
    await postgres.transaction(async (tx) => {
      if (!(await isFirstTime(tx, id, clock.nowMs()))) return
      await finishInbound(tx, id, { passes: false, heard: 'forged', reach: null, purposeId: null })
      if (address !== undefined) await this.#tell(tx, id, address, channelId)
      logger.warn('sends.forged_left_out', { channel: channelId })
    })
    this.#deps.onTold()
  }

  async #carryOn(agency: Agency, channel: Channel, address: Address, inbound: InboundMessage): Promise<void> {
    const { talks } = this.#deps
    const talk = await talks.route({
      agencyId: agency.id,
      address,
      channelId: channel.id,
      queue: channel.queue,
      answersConversation: await this.#answers(address, inbound),
      receivedMs: inbound.receivedMs,
    })
    await this.#remember(agency, address, inbound, talk)
    const { text, subject, files, kind, receivedMs } = inbound
    const key = `inbound ${inbound.id}`
    await talks.say(talk, { key, text, subject, files, channelId: channel.id, kind, receivedMs })
    if (inbound.filesMissing > 0)
      await talks.notice(talk, { key: `${key} files`, text: missingFiles(inbound.filesMissing) })
  }

  /** A mail can be handed on: what is in it proves nothing of who answers, so that it counts from its own address alone. */
  async #answers(address: Address, { answersAttempt }: InboundMessage): Promise<number | undefined> {
    if (answersAttempt === undefined) return undefined
    const attempt = await attemptByPublicId(this.#deps.postgres, answersAttempt)
    return attempt?.addressId === address.id ? (attempt.conversationId ?? undefined) : undefined
  }

  /** Where she wrote last, and what an answer to her mail has to name. */
  async #remember(
    agency: Agency,
    address: Address,
    inbound: InboundMessage,
    talk: Pick<Talk, 'id'> | undefined,
  ): Promise<void> {
    const { postgres } = this.#deps
    const { channelId, receivedMs, subject, threadOf } = inbound
    const hasThread = subject !== undefined || threadOf !== undefined
    const key = hasThread ? await this.#keyFor(address) : undefined
    const thread = threadBytes({
      ...(subject === undefined ? {} : { subject: answerSubject(subject) }),
      ...(threadOf === undefined ? {} : { threadOf }),
    })
    await putLastIn(postgres, {
      addressId: address.id,
      channelId,
      agencyId: agency.id,
      conversationId: talk?.id ?? null,
      atTs: receivedMs,
      keyId: key?.id ?? null,
      sealedThread: key?.seal(threadPurpose, `${address.id} ${channelId}`, thread) ?? null,
    })
  }

  #keyFor({ personId }: Address): Promise<SealingKey> {
    const { people, vault } = this.#deps
    return personId === undefined ? vault.serverKey(unknownThreadsKey) : people.keyOf(personId)
  }

  /** Whoever is talking with her learns that she said STOP; nobody else is troubled with it. */
  async #tellRunning(address: Address, { id, channelId }: InboundMessage): Promise<void> {
    await this.#deps.postgres.transaction((tx) => this.#tell(tx, id, address, channelId))
    this.#deps.onTold()
  }

  /** Once, however often the message comes. */
  async #tell(tx: Tx, inboundId: number, address: Address, channelId: string): Promise<void> {
    const last = await lastInOf(tx, address.id, channelId)
    if (last?.conversationId == null || !(await beginToTell(tx, inboundId))) return
    const { heard, reach, purposeId } = (await inboundDone(tx, inboundId)) ?? {}
    const facts = {
      heard: heard ?? null,
      ...(reach == null ? {} : { reach }),
      ...(purposeId == null ? {} : { purpose: purposeId }),
    }
    const telling = { conversationId: last.conversationId, eventId: null, what: 'notice' as const, facts }
    await insertTellings(tx, [telling], this.#deps.clock.nowMs())
  }
}

const passed = { passes: true, heard: undefined }

/** Says nothing but which of our questions' answers is meant, or the digits that were sent to her. */
function isAnswer({ kind, text }: InboundMessage): boolean {
  const own = kind === 'mail' ? ownWords(text) : text
  return answerIn(own) !== undefined || /^\s*\p{Nd}{4}\s*$/u.test(own.normalize('NFKC'))
}

function fateOf(attempt: Fate['attempt'], { state, reference, code, reason }: Receipt): Fate {
  if (state !== 'failed') return { attempt, state, reference }
  return { attempt, state, reference, code, failure: reason, isFinal: true }
}

const missingFiles = (count: number) =>
  count === 1
    ? 'She sent a file that could not be taken: it is too large, or gone at the provider.'
    : `She sent ${count} files that could not be taken: they are too large or too many, or gone at the provider.`
