import type { Sensitivity } from '#channels/api.ts'
import { KeyUnavailable, limits, type Refusal, refuse, type SealingKey, type Tx } from '#platform/api.ts'
import type { Agency } from '../agencies/types.ts'
import type { Purpose } from '../consent/types.ts'
import type { AddressKind, Person } from '../people/types.ts'
import { type AttemptRow, attemptsOfSends } from '../store/attempts.ts'
import { type SendEnd, type SendRow, sendByPublicId } from '../store/sends.ts'
import { type AttemptState, attemptPlaces, attemptState, hasCertainlyNotArrived } from './attempt-states.ts'
import { kindInWords } from './choose-way.ts'
import type { ComposeSends } from './composing.ts'
import type { Looked, Ways } from './find-way.ts'
import type { AllChannels, SendsMachine, SendsNeighbours } from './parts.ts'
import type { Pipeline, Ready } from './pipeline.ts'
import { noticeText } from './question-texts.ts'
import type { QuietTimes } from './quiet-times.ts'
import type { MadeAttempt, NewSend, SendBook } from './send-book.ts'
import type { NoWay, NoWayCode, Way } from './ways.ts'

type Deps = Pick<SendsMachine, 'clock' | 'postgres' | 'random' | 'vault'> &
  Pick<SendsNeighbours, 'people' | 'purposes'> & {
    readonly channels: Pick<AllChannels, 'byId'>
    readonly ways: Ways
    readonly book: SendBook
    readonly quiet: QuietTimes
    readonly composing: Pick<ComposeSends, 'atOnce'>
    readonly pipeline: Pick<Pipeline, 'hasRoomFor'>
  }

export type SendWanted = {
  readonly agency: Agency
  readonly person: Person
  readonly purpose: Purpose
  readonly body: string
  readonly subject?: string | undefined
  readonly sensitivity?: Sensitivity | undefined
  readonly channel?: AddressKind | undefined
  readonly deadlineMs?: number | undefined
  readonly madeBy?: number | undefined
}

/** A send with what was read for it. */
export type LookedSend = {
  readonly wish: SendWanted
  /** The record that counts. */
  readonly personId: number
  readonly sensitivity: Sensitivity
  readonly deadlineTs: number
  readonly looked: Looked
  readonly key: SealingKey
  readonly dueTs: number
}

/** `ready`: it was committed as being sent, and is handed over right after that. */
export type CreatedSend = { readonly id: string; readonly ready: Ready | undefined }

export type SendCode = NoWayCode | 'deadline' | 'too-long'

export type SendView = {
  readonly id: string
  readonly personId?: string | undefined
  readonly purposeId: string
  /** How far it has come. */
  readonly state: AttemptState
  /** Undefined while something may still be tried. */
  readonly outcome: SendEnd | undefined
  readonly createdMs: number
  readonly deadlineMs: number
  readonly attempts: readonly AttemptRow[]
}

/** What is sent on behalf of an agency, by its programs or its staff. */
export class Sending {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Reads what can be read before the gate is asked; whoever is at it at the same moment shares the queries. Throws
   * CHANCERY_CONFLICT with the reason where nothing may be sent, as `createAll` answers it.
   */
  async look(wish: SendWanted): Promise<LookedSend> {
    const { clock, people, quiet, ways } = this.#deps
    const { agency, person, purpose, channel } = wish
    const nowMs = clock.nowMs()
    if (person.state === 'erased') throw erased()
    const deadlineTs = wish.deadlineMs ?? nowMs + limits.sendDeadlineMs
    if (deadlineTs <= nowMs || deadlineTs > nowMs + limits.sendDeadlineMsMax) {
      throw no('deadline', 'The deadline is over, or more than a year away. Name a moment in between.')
    }
    const personId = person.state === 'merged' ? await people.rootOf(person.id) : person.id
    const sensitivity = wish.sensitivity ?? 'personal'
    const asked = {
      agencyId: agency.id,
      agencyKey: agency.key,
      personId,
      purposeId: purpose.id,
      sensitivity,
      override: channel,
    }
    const timed = { kind: 'message' as const, deadlineTs, personId, basis: purpose.basis }
    const [looked, key, dueTs] = await Promise.all([
      ways.look(asked),
      this.#keyOf(person, personId),
      quiet.dueTs(undefined, timed),
    ])
    return { wish, personId, sensitivity, deadlineTs, looked, key, dueTs }
  }

  async #keyOf(person: Person, rootId: number): Promise<SealingKey> {
    const { people, vault } = this.#deps
    const { keyId } = person
    // What was read of her a moment ago names it, unless another record counts for hers.
    if (keyId !== undefined && person.id === rootId) {
      const key = (await vault.keys([keyId])).get(keyId)
      if (key === undefined) throw erased()
      return key
    }
    return people.keyOf(rootId).catch((error) => {
      throw error instanceof KeyUnavailable ? erased() : error
    })
  }

  /** Passes their gates, together; they hold until the transaction ends. In the order of what was looked at. */
  choose(tx: Tx, wanted: readonly LookedSend[]): Promise<(Way | NoWay)[]> {
    return this.#deps.ways.chooseAll(
      tx,
      wanted.map(({ looked }) => looked),
    )
  }

  /**
   * Writes them down behind their gates, together; what is refused is not stored. In the order in which they came.
   * `meanwhile` is given the ids of what is being written down, at the same places.
   */
  async createAll(
    tx: Tx,
    wanted: readonly { readonly send: LookedSend; readonly way: Way | NoWay }[],
    meanwhile: (ids: readonly (string | undefined)[]) => Promise<void>,
  ): Promise<(CreatedSend | Refusal)[]> {
    const { book } = this.#deps
    const outcomes: (CreatedSend | Refusal)[] = []
    const allowed: { readonly at: number; readonly send: LookedSend; readonly row: NewSend }[] = []
    wanted.forEach(({ send, way }, at) => {
      const refusal = way.isOpen ? this.#tooLong(way, send.wish) : no(way.code, way.message, way.nextBest)
      if (refusal !== undefined) outcomes[at] = refusal
      else if (way.isOpen) allowed.push({ at, send, row: this.#row(send, way, allowed.length) })
    })
    const ids: (string | undefined)[] = wanted.map(() => undefined)
    for (const { at, row } of allowed) ids[at] = row.publicId
    const [made] = await Promise.all([
      book.addAll(
        tx,
        allowed.map(({ row }) => row),
      ),
      meanwhile(ids),
    ])
    allowed.forEach(({ at, send, row }, n) => {
      const one = made[n]
      if (one === undefined) throw new Error('A send without an event was taken for one that exists.')
      const ready = row.begins === true && one.attempt !== undefined ? this.#ready(send, one.attempt) : undefined
      outcomes[at] = { id: one.publicId, ready }
    })
    return outcomes
  }

  /** What may leave at once does, where this server has room for it. A notice needs its place in the inbox first. */
  #row({ wish, personId, sensitivity, deadlineTs, key, dueTs }: LookedSend, way: Way, before: number): NewSend {
    const { clock, pipeline, random } = this.#deps
    const { agency, purpose, body, subject, channel, madeBy } = wish
    return {
      publicId: `s${random.token(18)}`,
      kind: 'message',
      agencyId: agency.id,
      personId,
      purposeId: purpose.id,
      sensitivity,
      wishedKind: channel,
      words: { text: body, subject },
      key,
      madeBy,
      deadlineTs,
      way,
      dueTs,
      begins: way.form === 'words' && dueTs <= clock.nowMs() && pipeline.hasRoomFor(way.channelId, before + 1),
    }
  }

  #ready({ wish, personId, deadlineTs, looked }: LookedSend, attempt: MadeAttempt): Ready {
    const { agency, purpose, body, subject } = wish
    const to = looked.addresses.find(({ id }) => id === attempt.addressId)?.value ?? ''
    const known = { to, words: { text: body, subject }, agency, basis: purpose.basis }
    const prepared = this.#deps.composing.atOnce(attempt, known)
    if (!prepared.isReady) throw new Error('A message that was measured could not be put together.')
    return { attempt, send: { kind: 'message', personId, purposeId: purpose.id, deadlineTs }, prepared }
  }

  async row(publicId: string): Promise<SendRow | undefined> {
    return sendByPublicId(this.#deps.postgres, publicId)
  }

  async view(send: SendRow): Promise<SendView> {
    const { postgres, people, purposes } = this.#deps
    const [attempts, person, purpose] = await Promise.all([
      attemptsOfSends(postgres, [send.id]),
      send.personId === null ? undefined : people.byId(send.personId),
      purposes.byId(send.purposeId),
    ])
    return {
      id: send.publicId,
      personId: person?.publicId,
      purposeId: purpose?.publicId ?? '',
      state: furthestOf(attempts),
      outcome: send.outcome ?? undefined,
      createdMs: send.createdTs,
      deadlineMs: send.deadlineTs,
      attempts,
    }
  }

  #tooLong(way: Way, { agency, body, subject }: SendWanted): Refusal | undefined {
    const channel = this.#deps.channels.byId(way.channelId)
    const words =
      way.form === 'notice' ? noticeText(agency.language, { agency: agency.name, link: '' }) : { text: body }
    const measured = channel?.measure({ ...words, ...(subject === undefined ? {} : { subject }) })
    if (channel === undefined || measured?.isTooLong !== true) return undefined
    const most = channel.limits.partsMax
    return no(
      'too-long',
      `This is too long for ${kindInWords[way.kind]}: ${measured.parts} parts, and ${most} are the most. ` +
        'Shorten it, or choose another channel.',
    )
  }
}

const erased = () => no('erased', 'This record has been erased.')

function no(code: SendCode, message: string, nextBest?: Way): Refusal {
  const fields = nextBest === undefined ? {} : { nextBest: { channel: nextBest.kind, reason: nextBest.reason } }
  return refuse('CHANCERY_CONFLICT', message, { reason: code, fields })
}

/** The furthest of those that may have arrived; where none may, what came of the last one. */
function furthestOf(attempts: readonly AttemptRow[]): AttemptState {
  const states = attempts.map(({ state }) => attemptState(state))
  const alive = states.filter((state) => !hasCertainlyNotArrived(state))
  if (alive.length === 0) return states.at(-1) ?? 'queued'
  return alive.reduce((best, state) => (attemptPlaces[state] > attemptPlaces[best] ? state : best))
}
