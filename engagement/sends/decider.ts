import type { Tx } from '#platform/api.ts'
import type { Purpose } from '../consent/types.ts'
import { type AttemptRow, attemptsOfSends, withholdQueued } from '../store/attempts.ts'
import { decideSendAt, endSends, lockSends, type SendRow, undecidedSends } from '../store/sends.ts'
import { insertTask } from '../store/tasks.ts'
import { insertTellings } from '../store/tellings.ts'
import { attemptPlaces } from './attempt-states.ts'
import { decide, type End, lessonsOf, withoutWay } from './decide.ts'
import type { WayAsk, Ways } from './find-way.ts'
import type { SendsMachine, SendsNeighbours } from './parts.ts'
import type { QuietTimes } from './quiet-times.ts'
import type { SendBook } from './send-book.ts'
import { type NoWay, sensitivities, type Way } from './ways.ts'

type Deps = Pick<SendsMachine, 'clock' | 'logger' | 'postgres' | 'random'> &
  Pick<SendsNeighbours, 'purposes'> & {
    readonly ways: Ways
    readonly book: SendBook
    readonly quiet: QuietTimes
    readonly onQueued: () => void
    readonly onTold: () => void
  }

const sendsAtOnce = 50
/** What is held is looked at again so often: an answer of hers comes when it comes. */
const heldMs = 60_000
/** An attempt that is being handed over has an outcome or a lapsed lease soon. */
const sendingMs = 5_000

/** Decides what is done next for sends of which something came to nothing, or whose deadline has come. */
export class Decider {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async round(): Promise<boolean> {
    const { postgres, clock } = this.#deps
    const undecided = await undecidedSends(postgres, clock.nowMs(), sendsAtOnce)
    for (const send of undecided) await this.#decide(send)
    return undecided.length === sendsAtOnce
  }

  async #decide(send: SendRow): Promise<void> {
    const { postgres, purposes, clock } = this.#deps
    const purpose = await purposes.byId(send.purposeId)
    if (purpose === undefined) return this.#finish(send, { do: 'end', outcome: 'withheld', code: 'erased' })
    const attempts = await attemptsOfSends(postgres, [send.id])
    const facts = { kind: send.kind, deadlineTs: send.deadlineTs, basis: purpose.basis }
    const decision = decide(facts, attempts, clock.nowMs())
    switch (decision.do) {
      case 'end':
        return this.#finish(send, decision)
      case 'wait':
        return this.#wait(send, attempts)
      case 'next':
        return this.#next(send, purpose, attempts)
    }
  }

  /** Nobody else has decided meanwhile: what was read holds for as long as the row is locked. */
  async #stillUndecided(tx: Tx, send: SendRow): Promise<boolean> {
    const [now] = await lockSends(tx, [send.id])
    return now !== undefined && now.outcome === null && now.decideTs === send.decideTs
  }

  async #wait(send: SendRow, attempts: readonly AttemptRow[]): Promise<void> {
    const { postgres, clock } = this.#deps
    await postgres.transaction(async (tx) => {
      if (!(await this.#stillUndecided(tx, send))) return
      const isSending = attempts.some(({ state }) => state === attemptPlaces.sending)
      const soonestTs = clock.nowMs() + (isSending ? sendingMs : 0)
      await decideSendAt(tx, send.id, Math.max(send.deadlineTs, soonestTs))
    })
  }

  async #finish(send: SendRow, end: End): Promise<void> {
    const { postgres, clock, random, logger } = this.#deps
    const nowTs = clock.nowMs()
    await postgres.transaction(async (tx) => {
      if (!(await this.#stillUndecided(tx, send))) return
      await endSends(tx, [send.id], end.outcome)
      await withholdQueued(tx, [send.id], end.code ?? 'over', nowTs)
      if (end.task !== undefined) {
        const { id: sendId, agencyId, personId } = send
        const code = end.code ?? null
        await insertTask(tx, {
          publicId: `t${random.token(18)}`,
          agencyId,
          sendId,
          personId,
          kind: end.task,
          code,
          createdTs: nowTs,
        })
      }
      await this.#tell(tx, send, { outcome: end.outcome, task: end.task ?? null, code: end.code ?? null })
    })
    if (end.task !== undefined) logger.info('sends.task', { kind: end.task })
  }

  async #next(send: SendRow, purpose: Purpose, attempts: readonly AttemptRow[]): Promise<void> {
    const { postgres, ways, quiet, book } = this.#deps
    const last = attempts.at(-1)
    const found = await postgres.transaction(async (tx) => {
      const found = await ways.choose(wayAskOf(send, attempts), tx)
      if (!found.isOpen) return found
      if (!(await this.#stillUndecided(tx, send))) return found
      const isSameAgain = last?.channelId === found.channelId && last.addressId === found.addressId
      const refusals = isSameAgain ? last.refusals + 1 : 0
      const soonestTs = isSameAgain ? (last.retryTs ?? 0) : 0
      const dueTs = await quiet.dueTs(tx, { ...send, basis: purpose.basis }, soonestTs)
      await book.attempts(tx, [{ send, way: found, refusals, dueTs }])
      await decideSendAt(tx, send.id, send.deadlineTs)
      if (!isSameAgain) await this.#tell(tx, send, { way: found.reason, code: last?.code ?? null })
      return found
    })
    if (found.isOpen) this.#deps.onQueued()
    else await this.#noWay(send, purpose, found)
  }

  async #noWay(send: SendRow, purpose: Purpose, no: NoWay): Promise<void> {
    const { postgres, clock } = this.#deps
    const end = withoutWay({ kind: send.kind, deadlineTs: send.deadlineTs, basis: purpose.basis }, no)
    if (end.do === 'end') return this.#finish(send, end)
    await postgres.transaction(async (tx) => {
      if (!(await this.#stillUndecided(tx, send))) return
      await decideSendAt(tx, send.id, Math.min(send.deadlineTs, clock.nowMs() + heldMs))
    })
  }

  async #tell(tx: Tx, send: SendRow, facts: Record<string, string | null>): Promise<void> {
    const { conversationId, eventId } = send
    if (conversationId === null || eventId === null || facts.outcome === 'delivered' || facts.outcome === 'accepted')
      return
    await insertTellings(tx, [{ conversationId, eventId, what: 'notice', facts }], this.#deps.clock.nowMs())
    this.#deps.onTold()
  }
}

function wayAskOf(send: SendRow, attempts: readonly AttemptRow[]): WayAsk {
  const { failedAt, down } = lessonsOf(attempts)
  return {
    agencyId: send.agencyId,
    personId: send.personId ?? undefined,
    addressId: send.addressId ?? undefined,
    conversationId: send.conversationId ?? undefined,
    purposeId: send.purposeId,
    sensitivity: sensitivities[send.sensitivity] ?? 'sensitive',
    // A channel that somebody chose and that failed is no reason to give up: the next best takes over.
    override: failedAt.size > 0 ? undefined : ((send.wishedKind ?? undefined) as Way['kind'] | undefined),
    failedAt,
    down,
  }
}
