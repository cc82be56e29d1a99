import type { Sensitivity } from '#channels/api.ts'
import { limits, type Refusal, refuse, type Tx } from '#platform/api.ts'
import type { Agency } from '../agencies/types.ts'
import type { Purpose } from '../consent/types.ts'
import type { AddressKind, Person } from '../people/types.ts'
import { type AttemptRow, attemptsOfSends } from '../store/attempts.ts'
import { type SendEnd, type SendRow, sendByPublicId } from '../store/sends.ts'
import { type AttemptState, attemptPlaces, attemptState, hasCertainlyNotArrived } from './attempt-states.ts'
import { kindInWords } from './choose-way.ts'
import type { Ways } from './find-way.ts'
import type { AllChannels, SendsMachine, SendsNeighbours } from './parts.ts'
import { noticeText } from './question-texts.ts'
import type { QuietTimes } from './quiet-times.ts'
import type { SendBook } from './send-book.ts'
import type { NoWayCode, Way } from './ways.ts'

type Deps = Pick<SendsMachine, 'clock' | 'postgres'> &
  Pick<SendsNeighbours, 'people' | 'purposes'> & {
    readonly channels: Pick<AllChannels, 'byId'>
    readonly ways: Ways
    readonly book: SendBook
    readonly quiet: QuietTimes
    readonly onQueued: () => void
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

  /** Throws CHANCERY_CONFLICT with the reason where nothing may be sent; what is refused is not stored. */
  async create(tx: Tx, wish: SendWanted): Promise<{ id: string }> {
    const { agency, person, purpose, body, subject, channel } = wish
    const { book, clock, people, quiet, ways } = this.#deps
    const nowMs = clock.nowMs()
    if (person.state === 'erased') throw no('erased', 'This record has been erased.')
    const deadlineTs = wish.deadlineMs ?? nowMs + limits.sendDeadlineMs
    if (deadlineTs <= nowMs || deadlineTs > nowMs + limits.sendDeadlineMsMax) {
      throw no('deadline', 'The deadline is over, or more than a year away. Name a moment in between.')
    }
    const personId = person.state === 'merged' ? await people.rootOf(person.id, tx) : person.id
    const sensitivity = wish.sensitivity ?? 'personal'
    const asked = { agencyId: agency.id, personId, purposeId: purpose.id, sensitivity, override: channel }
    const way = await ways.choose(asked, tx)
    if (!way.isOpen) throw no(way.code, way.message, way.nextBest)
    this.#refuseTooLong(way, wish)
    const facts = { kind: 'message' as const, deadlineTs, personId, basis: purpose.basis }
    const made = await book.add(tx, {
      ...facts,
      agencyId: agency.id,
      purposeId: purpose.id,
      sensitivity,
      wishedKind: channel,
      words: { text: body, subject },
      madeBy: wish.madeBy,
      way,
      dueTs: await quiet.dueTs(tx, facts),
    })
    if (made === undefined) throw new Error('A send without an event was taken for one that exists.')
    return { id: made.publicId }
  }

  /** After the commit of what `create` did. */
  announce(): void {
    this.#deps.onQueued()
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

  #refuseTooLong(way: Way, { agency, body, subject }: SendWanted): void {
    const channel = this.#deps.channels.byId(way.channelId)
    const words =
      way.form === 'notice' ? noticeText(agency.language, { agency: agency.name, link: '' }) : { text: body }
    const measured = channel?.measure({ ...words, ...(subject === undefined ? {} : { subject }) })
    if (channel === undefined || measured?.isTooLong !== true) return
    const most = channel.limits.partsMax
    throw no(
      'too-long',
      `This is too long for ${kindInWords[way.kind]}: ${measured.parts} parts, and ${most} are the most. ` +
        'Shorten it, or choose another channel.',
    )
  }
}

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
