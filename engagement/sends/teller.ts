import type { JsonObject } from '#matrix/api.ts'
import type { Purposes } from '../consent/types.ts'
import { forgetTellings, type TellingRow, takeTellings, tellLater } from '../store/tellings.ts'
import type { SendsMachine } from './parts.ts'
import { retryAfterMs } from './retry.ts'
import type { RoomEvents, Talks } from './talks.ts'
import { tellingText } from './telling-texts.ts'

type Deps = Pick<SendsMachine, 'clock' | 'logger' | 'nodes' | 'postgres'> & {
  readonly purposes: Pick<Purposes, 'byId'>
  readonly talks: Pick<Talks, 'byId' | 'delivered' | 'notice'>
  readonly events: RoomEvents
}

const tellingsAtOnce = 50
const leaseMs = 60_000
/** A conversation that cannot be told for days is gone. */
const triesMax = 40

/** Tells conversations what became of what was said in them: her receipts, and notices by the desk. Each once. */
export class Teller {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async round(): Promise<boolean> {
    const { postgres, clock, nodes } = this.#deps
    const taken = await takeTellings(postgres, {
      node: nodes.id,
      nowTs: clock.nowMs(),
      leaseMs,
      limit: tellingsAtOnce,
    })
    // Of one conversation in order; of several side by side.
    const byTalk = Map.groupBy(taken, ({ conversationId }) => conversationId)
    await Promise.all([...byTalk.values()].map((tellings) => this.#tellAll(tellings)))
    return taken.length === tellingsAtOnce
  }

  async #tellAll(tellings: readonly TellingRow[]): Promise<void> {
    const { postgres, clock, logger } = this.#deps
    for (const telling of tellings) {
      try {
        await this.#tell(telling)
        await forgetTellings(postgres, [telling.id])
      } catch (error) {
        logger.warn('sends.not_told', { id: telling.id, attempt: telling.tries, error })
        if (telling.tries >= triesMax) await forgetTellings(postgres, [telling.id])
        else await tellLater(postgres, telling.id, clock.nowMs() + retryAfterMs(telling.tries, undefined, 0))
      }
    }
  }

  async #tell({ id, conversationId, eventId, what, facts }: TellingRow): Promise<void> {
    const { talks, events, purposes } = this.#deps
    const talk = await talks.byId(conversationId)
    if (talk === undefined) return
    const [event] = eventId === null ? [] : await events.events([eventId])
    if (what !== 'notice') {
      if (event !== undefined) await talks.delivered(talk, event.matrixId)
      return
    }
    const purpose = typeof facts.purpose === 'number' ? await purposes.byId(facts.purpose) : undefined
    const { purpose: _, ...told } = facts
    const text = tellingText(told, purpose?.title)
    // Keyed by the telling: a server that died before it forgot it says nothing twice.
    await talks.notice(talk, { key: `telling ${id}`, text, inReplyTo: event?.matrixId, facts: told as JsonObject })
  }
}
