import type { Channel, Outgoing, SendOutcome, SendWish } from '#channels/api.ts'
import { isLost, limits } from '#platform/api.ts'
import { type AttemptRow, beginAttempts, releaseAttempts, takeAttempts } from '../store/attempts.ts'
import { type SendRow, sendsByIds } from '../store/sends.ts'
import type { Fate, Outcomes } from './outcomes.ts'
import type { AllChannels, SendsMachine, SendsNeighbours } from './parts.ts'
import { lookUpAgainMs, retryAfterMs } from './retry.ts'
import type { MadeAttempt } from './send-book.ts'

/** What goes to the provider, opened, or why it cannot be put together. */
export type Prepared =
  | ({ readonly isReady: true; readonly to: string } & Outgoing & Pick<SendWish, 'threadOf' | 'unsubscribe'>)
  | { readonly isReady: false; readonly code: string }

/** Puts together what attempts say; by attempt id. */
export interface Composing {
  prepare(attempts: readonly AttemptRow[], sends: ReadonlyMap<number, SendRow>): Promise<Map<number, Prepared>>
}

type Deps = Pick<SendsMachine, 'clock' | 'logger' | 'nodes' | 'postgres' | 'random'> &
  Pick<SendsNeighbours, 'gates'> & {
    readonly channels: Pick<AllChannels, 'byId'>
    readonly composing: Composing
    readonly outcomes: Pick<Outcomes, 'hear'>
    /** Left out: as long as is usual. */
    readonly leaseMs?: number
  }

/** What can be handed over once its gate was passed. */
export type Ready = {
  readonly attempt: MadeAttempt
  readonly send: Pick<SendRow, 'deadlineTs' | 'kind' | 'personId' | 'purposeId'>
  readonly prepared: Prepared & { isReady: true }
}

/** So often what waited too long for its turn reads the gate again; then it is tried later. */
const gatesMax = 5
/** A channel that throttled is left alone for so long when it does not say for how long. */
const throttledMs = 1_000

/**
 * The way of an attempt: taken for a while by one server (two never take the same) → its words and address are opened → in
 * one transaction the gate is passed and `sending` committed → at once the provider is asked → what it said is written down.
 *
 * Whatever dies where: before the commit the attempt is queued and is taken again; after it nobody knows, it becomes
 * `unknown` when the lease is over, and is never simply sent again.
 *
 * What is to leave at once need not queue: `SendIntake` passes the gate and commits `sending` with the send itself.
 */
export class Pipeline {
  readonly #deps: Deps
  readonly #node: number
  readonly #leaseMs: number
  readonly #pausedUntil = new Map<string, number>()
  readonly #underWay = new Set<Promise<void>>()
  #inFlight = 0

  constructor(deps: Deps) {
    this.#deps = deps
    this.#node = deps.nodes.id
    this.#leaseMs = deps.leaseMs ?? limits.sendLeaseMs
  }

  /** Takes what is due through the gate and hands it over; tells whether more may be due. Answers come later. */
  async round(): Promise<boolean> {
    const { postgres, clock } = this.#deps
    const limit = Math.min(limits.sendsAtOnceMax, limits.sendsInFlightMax - this.#inFlight)
    if (limit <= 0) {
      await Promise.race(this.#underWay)
      return true
    }
    const nowTs = clock.nowMs()
    const notBy = [...this.#pausedUntil].flatMap(([id, until]) => (until > nowTs ? [id] : []))
    const taken = await takeAttempts(postgres, { node: this.#node, leaseMs: this.#leaseMs, nowTs, notBy, limit })
    if (taken.length === 0) return false
    await this.#carry(taken)
    return taken.length === limit
  }

  /** Whether so many more may be handed over by a channel at this moment without having queued. */
  hasRoomFor(channelId: string, count: number): boolean {
    const isPaused = (this.#pausedUntil.get(channelId) ?? 0) > this.#deps.clock.nowMs()
    return !isPaused && this.#inFlight + count <= limits.sendsBegunInFlightMax
  }

  /** What was committed as `sending` elsewhere on this server; `beganMs` is from before its gates were passed. */
  handOver(ready: readonly Ready[], beganMs: number): void {
    const late = this.#handOverInTime(ready, beganMs)
    if (late.length === 0) return
    const work = this.#passAndSend(late, 2)
      .catch((error) => this.#deps.logger.warn('sends.late_not_sent', { count: late.length, error }))
      .finally(() => this.#underWay.delete(work))
    this.#underWay.add(work)
  }

  /** Resolves when everything that was handed over is answered and written down. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  async #carry(taken: readonly AttemptRow[]): Promise<void> {
    const ids = taken.map(({ id }) => id)
    try {
      const sends = new Map(
        (await sendsByIds(this.#deps.postgres, [...new Set(taken.map((one) => one.sendId))])).map((one) => [
          one.id,
          one,
        ]),
      )
      const prepared = await this.#deps.composing.prepare(taken, sends)
      const ready: Ready[] = []
      const unfit: Fate[] = []
      for (const attempt of taken) {
        const [send, words] = [sends.get(attempt.sendId), prepared.get(attempt.id)]
        if (send === undefined || words === undefined) continue
        if (words.isReady) ready.push({ attempt, send, prepared: words })
        else unfit.push(withheld(attempt, words.code))
      }
      await this.#deps.outcomes.hear(unfit)
      await this.#passAndSend(ready, 1)
    } catch (error) {
      // What is not `sending` yet is still queued: another round, or another server, takes it.
      const laterTs = this.#deps.clock.nowMs() + limits.sendRetryMsMin
      await releaseAttempts(this.#deps.postgres, ids, this.#node, laterTs).catch(() => undefined)
      throw error
    }
  }

  async #passAndSend(ready: readonly Ready[], round: number): Promise<void> {
    if (ready.length === 0) return
    const { clock, outcomes } = this.#deps
    const beganMs = clock.nowMs()
    const { open, shut } = await this.#pass(ready)
    const again = this.#handOverInTime(open, beganMs)
    await outcomes.hear(shut)
    if (round < gatesMax) return this.#passAndSend(again, round + 1)
    await outcomes.hear(again.map(({ attempt }) => failed(attempt, { code: 'too-slow', isFinal: false })))
  }

  /** @returns those that waited too long since their gates were passed. */
  #handOverInTime(open: readonly Ready[], beganMs: number): Ready[] {
    const late: Ready[] = []
    for (const one of open) {
      const ageMs = this.#deps.clock.nowMs() - beganMs
      // A clock that was put back tells nothing of how long it took.
      if (ageMs >= 0 && ageMs <= limits.sendingGoodMs) this.#handOver(one)
      else late.push(one)
    }
    return late
  }

  /**
   * The gates of all of them, and `sending`: one transaction. What is late goes no more, whoever was away until now: a
   * confirmation of STOP above all. A question asks for consent and needs none; whether it may be asked is settled where the
   * dialogue is.
   */
  async #pass(ready: readonly Ready[]): Promise<{ open: Ready[]; shut: Fate[] }> {
    const { postgres, clock } = this.#deps
    return postgres.transaction(async (tx) => {
      const nowMs = clock.nowMs()
      const [late, inTime] = parted(ready, ({ send }) => nowMs >= send.deadlineTs)
      const [free, asking] = parted(inTime, ({ send }) => send.kind === 'question')
      const answers = await this.#deps.gates.passAll(
        tx,
        asking.map(({ attempt: { addressId, channelId }, send: { personId, purposeId } }) => ({
          addressId,
          channelId,
          personId: personId ?? undefined,
          purposeId,
          nowMs,
        })),
      )
      const passed = [...free, ...asking.filter((_, n) => answers[n]?.isOpen)]
      const ids = passed.map(({ attempt }) => attempt.id)
      const how = { node: this.#node, nowTs: clock.nowMs(), leaseMs: this.#leaseMs }
      const begun = ids.length === 0 ? new Set<number>() : await beginAttempts(tx, ids, how)
      const shut = asking.flatMap(({ attempt }, n) => {
        const answer = answers[n]
        return answer === undefined || answer.isOpen ? [] : [withheld(attempt, answer.reason)]
      })
      const over = late.map(({ attempt }) => withheld(attempt, 'deadline'))
      return { open: passed.filter(({ attempt }) => begun.has(attempt.id)), shut: [...over, ...shut] }
    })
  }

  #handOver(one: Ready): void {
    this.#inFlight += 1
    const work = this.#send(one)
      .then((fate) => this.#write(fate))
      .finally(() => {
        this.#inFlight -= 1
        this.#underWay.delete(work)
      })
    this.#underWay.add(work)
  }

  async #send({ attempt, prepared }: Ready): Promise<Fate> {
    const channel = this.#deps.channels.byId(attempt.channelId)
    if (channel === undefined) return failed(attempt, { code: 'no-channel', isFinal: true })
    try {
      const { isReady: _, ...outgoing } = prepared
      const signal = AbortSignal.timeout(limits.providerTimeoutMs)
      const outcome = await channel.send({ ...outgoing, attempt: attempt.publicId, signal })
      return this.#fateOf(attempt, channel, outcome)
    } catch (error) {
      // It promised not to throw; whether the provider has it, nobody can say now.
      this.#deps.logger.error('sends.channel_threw', { channel: attempt.channelId, error })
      return this.#fateOf(attempt, channel, { state: 'unknown' })
    }
  }

  #fateOf(attempt: MadeAttempt, channel: Channel, outcome: SendOutcome): Fate {
    const nowTs = this.#deps.clock.nowMs()
    if (outcome.state === 'accepted') return { attempt, state: 'accepted', reference: outcome.reference }
    if (outcome.state === 'unknown') return { attempt, state: 'unknown', lookTs: nowTs + lookUpAgainMs(0) }
    const { code, reason, isPermanent, retryAfterMs: askedMs } = outcome
    if (reason === 'throttled') this.#pausedUntil.set(channel.id, nowTs + (askedMs ?? throttledMs))
    const chance = this.#deps.random.bytes(1).readUInt8() / 255
    const retryTs = nowTs + retryAfterMs(attempt.refusals + 1, askedMs, chance)
    const told = reason === 'stopped' ? 'stopped' : code
    return failed(attempt, {
      code: told,
      failure: reason,
      isFinal: isPermanent,
      retryTs: isPermanent ? undefined : retryTs,
    })
  }

  /** Until it is written down, or the database is away for longer than the lease: then the receipt or a look-up tells. */
  async #write(fate: Fate): Promise<void> {
    const { outcomes, clock, logger } = this.#deps
    const untilMs = clock.nowMs() + this.#leaseMs
    for (;;) {
      try {
        return await outcomes.hear([fate])
      } catch (error) {
        if (isLost(error) && clock.nowMs() < untilMs) await clock.sleep(limits.sendRetryMsMin)
        else {
          // A reference that another attempt has already: what else is known is kept.
          const { reference, ...rest } = fate
          if (reference !== undefined && !isLost(error)) await outcomes.hear([rest]).catch(() => undefined)
          logger.error('sends.outcome_not_written', { channel: fate.attempt.channelId, error })
          return
        }
      }
    }
  }
}

const withheld = (attempt: MadeAttempt, code: string): Fate => ({ attempt, state: 'withheld', code, isFinal: true })

const failed = (attempt: MadeAttempt, how: Pick<Fate, 'code' | 'failure' | 'isFinal' | 'retryTs'>): Fate => ({
  attempt,
  state: 'failed',
  ...how,
})

/** Those of which it is so, and the others. */
function parted<T>(all: readonly T[], isSo: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isSo), all.filter((one) => !isSo(one))]
}
