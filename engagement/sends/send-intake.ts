import { Gather, isLost, limits, type Postgres, Refusal } from '#platform/api.ts'
import { AnsweredMeanwhile, type Idempotency, type IdempotentRequest, type Ticket } from '../idempotency/types.ts'
import type { SendsMachine } from './parts.ts'
import type { Pipeline, Ready } from './pipeline.ts'
import type { LookedSend, Sending, SendWanted } from './sending.ts'

type Deps = Pick<SendsMachine, 'clock'> & {
  readonly postgres: Pick<Postgres, 'transaction'>
  readonly idempotency: Pick<Idempotency, 'answered' | 'keep' | 'ticket'>
  readonly sending: Pick<Sending, 'choose' | 'createAll' | 'look'>
  readonly pipeline: Pick<Pipeline, 'handOver'>
  readonly onQueued: () => void
}

type Asked = { readonly ticket: Ticket | undefined; readonly send: LookedSend }
type Made = { readonly id: string }

const operation = 'createSend'
/** Whoever finds the answer of another server finds it the next time; more would be a mistake of ours. */
const triesMax = 3

/**
 * Requests to send that wait at one moment share one transaction: their gates are passed, what they say is written down, and what
 * may leave at once is committed as `sending` with it. Then the provider is asked, and the program is answered. A lone one waits
 * for nobody, and whoever cannot be written down with the others is tried alone.
 */
export class SendIntake {
  readonly #deps: Deps
  readonly #gather: Gather<Asked, Made | Error>

  constructor(deps: Deps) {
    this.#deps = deps
    this.#gather = new Gather(limits.sendsAtOnceMax, (batch) => this.#store(batch))
  }

  /** Once for each `Idempotency-Key`. Throws CHANCERY_CONFLICT with the reason where nothing may be sent. */
  async take(request: IdempotentRequest, wish: SendWanted): Promise<Made> {
    const { idempotency, sending } = this.#deps
    const ticket = idempotency.ticket(request, operation)
    const outcome = await this.#gather.add({ ticket, send: await sending.look(wish) })
    if (outcome instanceof Error) throw outcome
    return outcome
  }

  /** Nobody waits here for long for a gate that somebody holds: those who would are tried alone, beside the next. */
  async #store(batch: readonly Asked[]): Promise<(Made | Error | Promise<Made | Error>)[]> {
    if (hasRepeats(batch)) return batch.map((one) => this.#alone(one))
    try {
      return await this.#commit(batch, true)
    } catch (error) {
      if (isLost(error)) return batch.map(() => error)
      return batch.map((one) => this.#alone(one))
    }
  }

  async #alone(one: Asked, tries = 1): Promise<Made | Error> {
    try {
      const [outcome] = await this.#commit([one], false)
      return outcome ?? leftOut()
    } catch (error) {
      if (error instanceof AnsweredMeanwhile && tries < triesMax) return this.#alone(one, tries + 1)
      return error as Error
    }
  }

  async #commit(batch: readonly Asked[], isImpatient: boolean): Promise<(Made | Error)[]> {
    const { clock, postgres, idempotency, sending, pipeline, onQueued } = this.#deps
    const beganMs = clock.nowMs()
    const ready: Ready[] = []
    let hasQueued = false
    const outcomes = await postgres.transaction(async (tx) => {
      const patience = isImpatient ? tx.run(`set local lock_timeout = ${limits.sendGateWaitMs}`) : undefined
      const [before, ways] = await Promise.all([
        idempotency.answered(
          tx,
          batch.flatMap(({ ticket }) => ticket ?? []),
        ),
        sending.choose(
          tx,
          batch.map(({ send }) => send),
        ),
        patience,
      ])
      const fresh = batch.flatMap((one, at) => {
        const way = ways[at]
        return way === undefined || (one.ticket !== undefined && before.has(one.ticket)) ? [] : [{ ...one, way }]
      })
      const created = await sending.createAll(tx, fresh, (ids) => idempotency.keep(tx, answersOf(fresh, ids)))
      const answers = new Map<LookedSend, Made | Error>()
      fresh.forEach(({ send }, at) => {
        const outcome = created[at]
        if (outcome === undefined) throw leftOut()
        answers.set(send, outcome instanceof Refusal ? outcome : { id: outcome.id })
        if (outcome instanceof Refusal) return
        if (outcome.ready === undefined) hasQueued = true
        else ready.push(outcome.ready)
      })
      return batch.map(
        ({ send, ticket }) => answers.get(send) ?? (ticket && (before.get(ticket) as Made | Error)) ?? leftOut(),
      )
    })
    pipeline.handOver(ready, beganMs)
    if (hasQueued) onQueued()
    return outcomes
  }
}

const leftOut = () => new Error('A send was left out of its batch.')

function answersOf(asked: readonly Pick<Asked, 'ticket'>[], ids: readonly (string | undefined)[]) {
  return asked.flatMap(({ ticket }, at) => {
    const id = ids[at]
    return ticket === undefined || id === undefined ? [] : [{ ticket, answer: { id } }]
  })
}

/** The same request twice at once: the one finds what the other was answered. */
function hasRepeats(batch: readonly Asked[]): boolean {
  const ids = batch.flatMap(({ ticket }) => ticket?.id.toString('hex') ?? [])
  return new Set(ids).size < ids.length
}
