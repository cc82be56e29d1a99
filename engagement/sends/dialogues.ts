import type { InboundMessage } from '#channels/api.ts'
import { type Db, limits, type Tx } from '#platform/api.ts'
import type { Agency } from '../agencies/types.ts'
import type { ConsentSource, Purpose, StopScope, StopWish } from '../consent/types.ts'
import type { GateReason } from '../gate/types.ts'
import type { Address, AddressKind } from '../people/types.ts'
import { finishInbound, inboundDone, isFirstTime } from '../store/inbound-done.ts'
import { lastInOf } from '../store/last-in.ts'
import {
  countGuess,
  type DialogueRow,
  dialoguesToClose,
  endDialogue,
  insertDialogue,
  newestDialogue,
  setDialogueOutcome,
  startsAskedSince,
  widenedDialogue,
} from '../store/stop-dialogues.ts'
import { insertTellings } from '../store/tellings.ts'
import type { SendsMachine, SendsNeighbours } from './parts.ts'
import { questionText } from './question-texts.ts'
import type { SendBook } from './send-book.ts'
import {
  type Act,
  closesAfterMs,
  closeUnanswered,
  type Dialogue,
  hear,
  type Line,
  type Outcome,
  type Reading,
} from './stop-dialogue.ts'
import type { StopScopes } from './stop-scopes.ts'

/** Reads what a citizen's words mean for what she wants to get; languages are BCP 47, the likeliest first. */
export type ReadWords = (text: string, languages: readonly string[], kind: AddressKind) => Reading

type Deps = Pick<SendsMachine, 'clock' | 'logger' | 'postgres' | 'random' | 'vault'> &
  Pick<SendsNeighbours, 'agencies' | 'consent' | 'gates' | 'people' | 'purposes'> & {
    readonly book: SendBook
    readonly read: ReadWords
    readonly scopes: Pick<StopScopes, 'meansEverything' | 'programme'>
    readonly onQueued: () => void
  }

/** What is forged is nobody's words and never comes here. */
export type HeardInbound = Pick<
  InboundMessage,
  'channelId' | 'id' | 'kind' | 'providerAnswered' | 'receivedMs' | 'text'
> & { readonly authenticity: 'forgeable' | 'proven' }

/** What her words did, for whoever carries them on. */
export type Heeded = {
  /** A human should read them too. */
  readonly passes: boolean
  /** What a running conversation is told of it. */
  readonly heard: 'hold' | 'release' | 'start' | 'stop' | undefined
}

type Scene = {
  readonly tx: Tx
  readonly agency: Agency
  readonly address: Address
  readonly channelId: string
  readonly source: ConsentSource
  readonly purpose: Purpose | undefined
  readonly language: string | undefined
  readonly dialogue: DialogueRow | undefined
  readonly atMs: number
  /** Tells proofs of one message, or of one silence, apart from all others. */
  readonly proof: string
}

const dialoguesAtOnce = 50
const codeDigits = 4
const dayMs = 24 * 3_600_000

/** The dialogue with a citizen about what she wants to get: hears, acts, asks once, and closes what nobody answered. */
export class Dialogues {
  readonly #deps: Deps
  /** One for each agency, and an installation has few. */
  readonly #conversationPurposes = new Map<number, number>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** In one transaction, once for each message: a STOP stands when this is committed. Nothing else of hers is done before. */
  async hear(agency: Agency, address: Address, inbound: HeardInbound): Promise<Heeded> {
    const { postgres, clock } = this.#deps
    await this.#conversationPurposeId(agency.id)
    const heeded = await postgres.transaction(async (tx) => {
      if (!(await isFirstTime(tx, inbound.id, clock.nowMs()))) return undefined
      // Whatever else happens to this address waits: the gate is the lock of its dialogue too.
      await this.#deps.gates.shut(tx, [address.id])
      await this.#deps.consent.markWritten(tx, address.id, inbound.receivedMs)
      return this.#hear(tx, agency, address, inbound)
    })
    if (heeded === undefined) return this.#again(inbound)
    this.#deps.onQueued()
    return heeded
  }

  /** The same message again: what it did is done, and what it says may still have to reach the desk. */
  async #again({ id }: HeardInbound): Promise<Heeded> {
    const done = await inboundDone(this.#deps.postgres, id)
    if (done === undefined) throw new Error('A message that was acted upon is not in the list of those that were.')
    return { passes: done.passes, heard: (done.heard ?? undefined) as Heeded['heard'] }
  }

  async #hear(tx: Tx, agency: Agency, address: Address, inbound: HeardInbound): Promise<Heeded> {
    const { channelId, authenticity, providerAnswered, text, kind } = inbound
    const languages = await this.#languages(agency, address, tx)
    const [purpose, dialogue] = [
      await this.#deps.scopes.programme(tx, { addressId: address.id, channelId }, { onlyTaken: false }),
      await newestDialogue(tx, address.id, channelId),
    ]
    // Her STOP is no word written since it: clocks of two servers differ.
    const nowMs = Math.max(this.#deps.clock.nowMs(), inbound.receivedMs)
    const reading = this.#deps.read(text, languages, kind)
    const scene: Scene = {
      tx,
      agency,
      address,
      channelId,
      source: kind,
      purpose: await this.#purposeOf(tx, purpose, dialogue),
      language: languages[0],
      dialogue,
      atMs: nowMs,
      proof: `inbound ${inbound.id}`,
    }
    const shut = await this.#shut(scene, purpose)
    const line: Line = {
      dialogue: dialogue && dialogueOf(dialogue),
      purposeId: purpose?.id,
      meansEverything: this.#deps.scopes.meansEverything(agency.country, nowMs),
      startsAsked: await startsAskedSince(tx, address.id, channelId, nowMs - dayMs),
      wasStopped: aboutStop.has(dialogue?.about) || shut === 'stopped' || shut === 'provider-stopped',
      hasEnded: shut !== undefined && shut !== 'held' && shut !== 'bounced',
    }
    const acts = hear(line, {
      ...reading,
      nowMs,
      authenticity,
      codeFits: this.#codeFits(dialogue, text),
      providerAnswered,
    })
    for (const act of acts) await this.#do(scene, act)
    // The widest comes last.
    const told = acts.findLast(isTold)
    const heeded = { passes: acts.some((act) => act.do === 'pass'), heard: told?.do }
    await finishInbound(tx, inbound.id, {
      passes: heeded.passes,
      heard: heeded.heard ?? null,
      reach: told?.do === 'stop' ? told.reach : null,
      purposeId: scene.purpose?.id ?? null,
    })
    return heeded
  }

  /** Closes what nobody answered in time. */
  async round(): Promise<boolean> {
    const { postgres, clock, agencies, people } = this.#deps
    const unanswered = await dialoguesToClose(postgres, clock.nowMs(), dialoguesAtOnce)
    for (const { id, addressId, channelId, agencyId } of unanswered) {
      const agency = await agencies.byId(agencyId)
      await postgres.transaction(async (tx) => {
        await this.#deps.gates.shut(tx, [addressId])
        const dialogue = await newestDialogue(tx, addressId, channelId)
        const address = await people.addressById(addressId, tx)
        if (dialogue?.id !== id || dialogue.endedTs !== null) return
        const scene = { tx, channelId, source: 'system', language: undefined, dialogue, atMs: clock.nowMs() } as const
        const purpose = await this.#purposeOf(tx, undefined, dialogue)
        if (agency === undefined || address === undefined) await endDialogue(tx, id, clock.nowMs(), 'expired')
        else {
          const own = { ...scene, agency, address, purpose, proof: silenceOf(dialogue) }
          const acts = closeUnanswered(dialogue)
          for (const act of acts) await this.#do(own, act)
          if (acts.some(isTold)) await this.#tellSilence(tx, addressId, channelId)
        }
      })
    }
    return unanswered.length === dialoguesAtOnce
  }

  /** Whoever is talking with her learns that her STOP reaches further than what she said. */
  async #tellSilence(tx: Tx, addressId: number, channelId: string): Promise<void> {
    const conversationId = (await lastInOf(tx, addressId, channelId))?.conversationId
    if (conversationId == null) return
    const facts = { heard: 'stop', reach: 'agency', by: 'silence' }
    await insertTellings(tx, [{ conversationId, eventId: null, what: 'notice', facts }], this.#deps.clock.nowMs())
  }

  async #languages(agency: Agency, address: Address, db: Db): Promise<string[]> {
    const person = address.personId === undefined ? undefined : await this.#deps.people.byId(address.personId, db)
    return [...(person?.language === undefined ? [] : [person.language]), agency.language]
  }

  /** An open dialogue stays about what it began with, whatever was sent since. */
  async #purposeOf(tx: Tx, last: Purpose | undefined, dialogue: DialogueRow | undefined): Promise<Purpose | undefined> {
    const isOpen = dialogue !== undefined && dialogue.endedTs === null
    const keeps = isOpen || dialogue?.outcome === 'widened' || dialogue?.outcome === 'expired'
    if (!keeps || dialogue.purposeId === null || dialogue.purposeId === last?.id) return last
    return this.#deps.purposes.byId(dialogue.purposeId, tx)
  }

  /** Why the programme does not reach her here; undefined where it does. */
  async #shut({ tx, address, channelId, atMs }: Scene, purpose: Purpose | undefined): Promise<GateReason | undefined> {
    if (purpose === undefined) return undefined
    const ask = { addressId: address.id, personId: address.personId, purposeId: purpose.id, channelId, nowMs: atMs }
    const answer = await this.#deps.gates.pass(tx, ask)
    return answer.isOpen ? undefined : answer.reason
  }

  /** Undefined where no digits were sent, or her words hold none. */
  #codeFits(dialogue: DialogueRow | undefined, text: string): boolean | undefined {
    if (dialogue?.codeHash == null || dialogue.endedTs !== null) return undefined
    const [code] = /(?<!\p{N})\p{Nd}{4}(?!\p{N})/u.exec(text.normalize('NFKC')) ?? []
    if (code === undefined) return undefined
    return this.#codeHash(dialogue, code).equals(dialogue.codeHash)
  }

  #codeHash(
    { addressId, channelId, openedTs }: Pick<DialogueRow, 'addressId' | 'channelId' | 'openedTs'>,
    code: string,
  ) {
    return this.#deps.vault.lookupHash('code of a dialogue', `${addressId} ${channelId} ${openedTs} ${code}`)
  }

  async #do(scene: Scene, act: Act): Promise<void> {
    const { consent } = this.#deps
    const { tx, address, channelId, dialogue, atMs, proof } = scene
    switch (act.do) {
      case 'stop':
        await consent.stop(tx, this.#wish(scene, `${proof} ${act.reach}`, this.#scopeOf(scene, act.reach)))
        return
      case 'hold':
      case 'release': {
        const { purpose } = scene
        if (purpose === undefined) return
        const scope = { purposeId: purpose.id }
        await consent[act.do](tx, { ...this.#wish(scene, `${proof} ${act.do}`, scope), scope })
        return
      }
      case 'narrow':
        return this.#narrow(scene)
      case 'start':
        // Whatever she had stopped here: START knows no scopes.
        await consent.start(tx, this.#wish(scene, `${proof} start`, 'government'))
        return
      case 'close-sender':
        await consent.closeSender(tx, { addressId: address.id, channelId, proofKey: `${proof} close`, atMs })
        return
      case 'guess':
        if (dialogue !== undefined) await countGuess(tx, dialogue.id)
        return
      case 'end':
        if (dialogue !== undefined) await this.#end(tx, dialogue, act.outcome)
        return
      case 'open':
        return this.#open(scene, act)
      case 'pass':
    }
  }

  /** What silence ended comes back, and nothing of what she ended herself. */
  async #narrow(scene: Scene): Promise<void> {
    const { tx, address, channelId, proof } = scene
    const widened = await widenedDialogue(tx, address.id, channelId)
    if (widened === undefined) return
    const wish = this.#wish(scene, `${proof} narrow`, 'agency')
    await this.#deps.consent.start(tx, { ...wish, ofProof: `${silenceOf(widened)} agency` })
  }

  async #end(tx: Tx, dialogue: DialogueRow, outcome: Outcome): Promise<void> {
    if (!(await endDialogue(tx, dialogue.id, this.#deps.clock.nowMs(), outcome))) {
      await setDialogueOutcome(tx, dialogue.id, outcome)
    }
  }

  async #open(scene: Scene, { about, asks, ends }: Extract<Act, { do: 'open' }>): Promise<void> {
    const { tx, agency, address, channelId, purpose, atMs } = scene
    const code = (about === 'start' || about === 'only') && ends === undefined ? this.#newCode() : undefined
    const row = {
      agencyId: agency.id,
      addressId: address.id,
      channelId,
      about,
      purposeId: purpose?.id ?? null,
      wasAsked: asks,
      openedTs: atMs,
      closesTs: atMs + closesAfterMs(about),
    }
    const codeHash = code === undefined ? null : this.#codeHash(row, code)
    const dialogueId = await insertDialogue(tx, { ...row, codeHash })
    if (ends !== undefined) await endDialogue(tx, dialogueId, atMs, ends)
    if (!asks) return
    const blanks = { agency: agency.name, title: purpose?.title ?? '', code: code ?? '' }
    const text = questionText({ about, ends }, scene.language, blanks)
    await this.#ask(scene, dialogueId, text, about === 'stop' ? limits.stopConfirmationMsMax : limits.questionAnswerMs)
  }

  /** The one question of a dialogue goes back where her words came from, or nowhere. */
  async #ask(scene: Scene, dialogueId: number, text: string, withinMs: number): Promise<void> {
    const { book } = this.#deps
    const { tx, agency, address, channelId, purpose, atMs } = scene
    const { kind } = address
    await book.add(tx, {
      kind: 'question',
      agencyId: agency.id,
      personId: address.personId,
      addressId: address.id,
      channelId,
      purposeId: purpose?.id ?? (await this.#conversationPurposeId(agency.id)),
      dialogueId,
      sensitivity: 'public',
      words: { text },
      deadlineTs: atMs + withinMs,
      way: { addressId: address.id, channelId, kind, form: 'words', reason: 'She wrote about what she wants to get.' },
      dueTs: atMs,
    })
  }

  /** Remembered, and asked for before a transaction: inside of one it would wait for a second connection. */
  async #conversationPurposeId(agencyId: number): Promise<number> {
    const known = this.#conversationPurposes.get(agencyId)
    if (known !== undefined) return known
    const { id } = await this.#deps.purposes.conversationPurpose(agencyId)
    this.#conversationPurposes.set(agencyId, id)
    return id
  }

  #newCode(): string {
    const number = this.#deps.random.bytes(4).readUInt32BE() % 10 ** codeDigits
    return String(number).padStart(codeDigits, '0')
  }

  #scopeOf({ purpose }: Scene, reach: 'agency' | 'government' | 'programme'): StopScope {
    if (reach !== 'programme') return reach
    return purpose === undefined ? 'agency' : { purposeId: purpose.id }
  }

  #wish({ address, channelId, source, atMs }: Scene, proofKey: string, scope: StopScope): StopWish {
    const actor = source === 'system' ? ({ kind: 'system' } as const) : ({ kind: 'citizen' } as const)
    return { addressId: address.id, channelId, scope, source, actor, proofKey, atMs }
  }
}

const aboutStop: ReadonlySet<string | undefined> = new Set(['stop', 'only'])

/** The proof of what a silence did. */
const silenceOf = ({ id }: Pick<DialogueRow, 'id'>) => `silence ${id}`

type ToldAct = Extract<Act, { do: NonNullable<Heeded['heard']> }>

function isTold(act: Act): act is ToldAct {
  return act.do === 'stop' || act.do === 'hold' || act.do === 'start' || act.do === 'release'
}

function dialogueOf(row: DialogueRow): Dialogue {
  const { about, purposeId, wasAsked, guesses, openedTs } = row
  const outcome = row.endedTs === null ? undefined : ((row.outcome ?? 'expired') as Outcome)
  return { about, purposeId, wasAsked, guesses, openedMs: openedTs, outcome }
}
