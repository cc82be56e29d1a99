import type { SendFailure } from '#channels/api.ts'
import { isLost, type Tx } from '#platform/api.ts'
import { type AttemptRow, type ChangedAttempt, type Heard, hearOfAttempts, withholdQueued } from '../store/attempts.ts'
import { decideSendsNow, endSends, lockSends, type SendRow, sendsByIds } from '../store/sends.ts'
import { settleTasks } from '../store/tasks.ts'
import { insertTellings } from '../store/tellings.ts'
import { type AttemptState, attemptPlaces, further } from './attempt-states.ts'
import type { SendsMachine, SendsNeighbours } from './parts.ts'
import type { StopScopes } from './stop-scopes.ts'

/** What was heard of an attempt: the provider's answer, a receipt, a look-up, or what our own gate said. */
export type Fate = {
  readonly attempt: Pick<AttemptRow, 'addressId' | 'channelId' | 'id' | 'publicId' | 'sendId'>
  readonly state: AttemptState
  readonly reference?: string | undefined
  readonly code?: string | undefined
  readonly failure?: SendFailure | undefined
  readonly isFinal?: boolean | undefined
  readonly retryTs?: number | undefined
  readonly lookTs?: number | undefined
}

type Waiting = {
  readonly fates: readonly Fate[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}
type Deps = Pick<SendsMachine, 'clock' | 'logger' | 'postgres'> &
  Pick<SendsNeighbours, 'consent' | 'people'> & { readonly scopes: Pick<StopScopes, 'ofRefusal'> }

const fatesAtOnceMax = 500

/**
 * Writes down what is heard of attempts. What is heard at the same time shares a transaction; a lone fate waits for nobody. The
 * same again changes nothing, whatever the order.
 */
export class Outcomes {
  readonly #deps: Deps
  readonly #onUndecided: () => void
  readonly #onTold: () => void
  #waiting: Waiting[] = []
  #isWriting = false

  /** `onUndecided`: something came to nothing. `onTold`: a conversation is to be told of something. */
  constructor(deps: Deps, on: { undecided: () => void; told: () => void }) {
    this.#deps = deps
    this.#onUndecided = on.undecided
    this.#onTold = on.told
  }

  /** Resolves when all of it is committed. */
  hear(fates: readonly Fate[]): Promise<void> {
    if (fates.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ fates, resolve, reject })
      void this.#write()
    })
  }

  async #write(): Promise<void> {
    if (this.#isWriting) return
    this.#isWriting = true
    while (this.#waiting.length > 0) {
      let waiters = 0
      for (let count = 0; count < fatesAtOnceMax && waiters < this.#waiting.length; waiters++) {
        count += this.#waiting[waiters]?.fates.length ?? 0
      }
      await this.#writeBatch(this.#waiting.splice(0, waiters))
    }
    this.#isWriting = false
  }

  /** What cannot be written fails those who said it, and nobody else. */
  async #writeBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.#store(batch.flatMap(({ fates }) => fates))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      const [only] = batch
      if (batch.length > 1 && !isLost(error)) for (const one of batch) await this.#writeBatch([one])
      else if (only !== undefined && only.fates.length > 1 && !isLost(error)) await this.#writeSingly(only)
      else for (const { reject } of batch) reject(error)
    }
  }

  async #writeSingly({ fates, resolve, reject }: Waiting): Promise<void> {
    let failed: unknown
    for (const fate of fates) await this.#store([fate]).catch((error) => (failed = error))
    if (failed === undefined) resolve()
    else reject(failed)
  }

  async #store(fates: readonly Fate[]): Promise<void> {
    // Gates come before sends: whoever says stop to the provider says it here first.
    for (const fate of fates) await this.#suppress(fate)
    const furthest = furthestOf(fates)
    const changed = await this.#deps.postgres.transaction((tx) => this.#apply(tx, furthest))
    if (changed.some(({ state }) => isNothing(state))) this.#onUndecided()
    await this.#markGood(changed)
  }

  async #apply(tx: Tx, fates: readonly Fate[]): Promise<ChangedAttempt[]> {
    const nowTs = this.#deps.clock.nowMs()
    const sendIds = fates
      .filter(({ state }) => attemptPlaces[state] > attemptPlaces.sent)
      .map((one) => one.attempt.sendId)
    const sends =
      sendIds.length === 0
        ? []
        : await lockSends(
            tx,
            [...new Set(sendIds)].sort((a, b) => a - b),
          )
    const heard = await hearOfAttempts(tx, fates.map(heardOf), nowTs)
    const changed = heard.filter(({ state, before }) => state > before)
    const arrived = changed.filter(({ state }) => hasArrived(state))
    const lost = changed.filter(({ state }) => isNothing(state))
    await this.#arrive(tx, arrived, nowTs)
    if (lost.length > 0) await decideSendsNow(tx, [...new Set(lost.map(({ sendId }) => sendId))], nowTs)
    await this.#tell(tx, arrived, new Map(sends.map((send) => [send.id, send])), nowTs)
    return changed
  }

  /** Nothing else is tried any more, and no human has anything to do. */
  async #arrive(tx: Tx, arrived: readonly ChangedAttempt[], nowTs: number): Promise<void> {
    const sendIds = [...new Set(arrived.map(({ sendId }) => sendId))]
    if (sendIds.length === 0) return
    await endSends(tx, sendIds, 'delivered')
    await withholdQueued(tx, sendIds, 'arrived', nowTs)
    await settleTasks(tx, sendIds, nowTs)
  }

  async #tell(
    tx: Tx,
    arrived: readonly ChangedAttempt[],
    sends: ReadonlyMap<number, SendRow>,
    nowTs: number,
  ): Promise<void> {
    const tellings = arrived.flatMap(({ sendId, state }) => {
      const { conversationId, eventId } = sends.get(sendId) ?? {}
      if (conversationId == null || eventId == null) return []
      const what = state === attemptPlaces.read ? ('read' as const) : ('delivered' as const)
      return [{ conversationId, eventId, what, facts: {} }]
    })
    await insertTellings(tx, tellings, nowTs)
    if (tellings.length > 0) this.#onTold()
  }

  /**
   * What a failure says of the address itself. 'stopped': the provider takes nothing more from this sender, or she reported
   * the message as unwanted. 'invalid': nobody is there.
   */
  async #suppress({ attempt, failure, code }: Fate): Promise<void> {
    if (failure !== 'stopped' && failure !== 'invalid') return
    const { consent, clock, postgres, logger, scopes } = this.#deps
    const { addressId, channelId, publicId } = attempt
    const about = { addressId, atMs: clock.nowMs() }
    const proofKey = `refused ${publicId}`
    await postgres.transaction(async (tx) => {
      if (failure === 'invalid') return consent.suppress(tx, { ...about, reason: 'bounced', proofKey })
      if (code === 'complaint') return consent.suppress(tx, { ...about, reason: 'complained', proofKey })
      const [send] = await sendsByIds(tx, [attempt.sendId])
      if (send === undefined) return
      await consent.closeSender(tx, { ...about, channelId, proofKey: `${proofKey} sender` })
      const scope = await scopes.ofRefusal(tx, attempt, send, about.atMs)
      await consent.stop(tx, { ...about, channelId, scope, source: 'provider', proofKey })
    })
    logger.info('sends.address_suppressed', { channel: channelId, kind: failure })
  }

  /** Late is better than a lock on every address in the transaction of its receipt. */
  async #markGood(changed: readonly ChangedAttempt[]): Promise<void> {
    const { people, postgres, clock, logger } = this.#deps
    const addresses = new Set(changed.filter(({ state }) => hasArrived(state)).map(({ addressId }) => addressId))
    if (addresses.size === 0) return
    const marked = people.markGood(postgres, [...addresses], clock.nowMs())
    await marked.catch((error) => logger.warn('sends.mark_good_failed', { error }))
  }
}

const hasArrived = (state: number) => state === attemptPlaces.delivered || state === attemptPlaces.read
const isNothing = (state: number) => state === attemptPlaces.failed || state === attemptPlaces.withheld

function heardOf(fate: Fate): Heard {
  const { attempt, state, reference, code, failure, isFinal, retryTs, lookTs } = fate
  return { id: attempt.id, state: attemptPlaces[state], reference, code, failure, isFinal, retryTs, lookTs }
}

/** One fate for each attempt: the furthest, with the reference that any of them named. */
function furthestOf(fates: readonly Fate[]): Fate[] {
  const byId = new Map<number, Fate>()
  for (const fate of fates) {
    const known = byId.get(fate.attempt.id)
    if (known === undefined) byId.set(fate.attempt.id, fate)
    else {
      const best = further(known.state, fate.state) === known.state ? known : fate
      byId.set(fate.attempt.id, { ...best, reference: known.reference ?? fate.reference })
    }
  }
  return [...byId.values()]
}
