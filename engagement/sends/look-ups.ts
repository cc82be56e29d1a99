import type { Fate as ProvidersWord } from '#channels/api.ts'
import { limits } from '#platform/api.ts'
import { type AttemptRow, lapseAttempts, otherReferences, takeUnknownAttempts } from '../store/attempts.ts'
import { type SendRow, sendsByIds } from '../store/sends.ts'
import type { Fate, Outcomes } from './outcomes.ts'
import type { AllChannels, SendsMachine } from './parts.ts'
import type { Composing } from './pipeline.ts'
import { lookUpAgainMs } from './retry.ts'

type Deps = Pick<SendsMachine, 'clock' | 'logger' | 'postgres'> & {
  readonly channels: Pick<AllChannels, 'byId'>
  readonly composing: Composing
  readonly outcomes: Pick<Outcomes, 'hear'>
}

const attemptsAtOnce = 20
/** Some three days of it, growing to an hour each: whoever does not know by then will never. */
const looksMax = 80

/** Finds out what became of attempts of which nobody knows whether the provider has them. */
export class LookUps {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async round(): Promise<boolean> {
    const { postgres, clock, logger } = this.#deps
    const lapsed = await lapseAttempts(postgres, clock.nowMs(), attemptsAtOnce)
    if (lapsed.length > 0) logger.warn('sends.lapsed', { count: lapsed.length })
    const nowTs = clock.nowMs()
    const taken = await takeUnknownAttempts(postgres, nowTs, attemptsAtOnce, nowTs + limits.lookUpAfterMs)
    const sends = await sendsByIds(postgres, [...new Set(taken.map(({ sendId }) => sendId))])
    const byId = new Map(sends.map((send) => [send.id, send]))
    const fates = await Promise.all(taken.map((attempt) => this.#ask(attempt, byId)))
    await this.#deps.outcomes.hear(fates)
    return lapsed.length === attemptsAtOnce || taken.length === attemptsAtOnce
  }

  async #ask(attempt: AttemptRow, sends: ReadonlyMap<number, SendRow>): Promise<Fate> {
    const { channels, clock, composing, postgres, logger } = this.#deps
    const lookTs = attempt.looks < looksMax ? clock.nowMs() + lookUpAgainMs(attempt.looks) : undefined
    const later: Fate = { attempt, state: 'unknown', lookTs }
    const channel = channels.byId(attempt.channelId)
    const prepared = (await composing.prepare([attempt], sends)).get(attempt.id)
    if (channel?.lookUp === undefined || prepared?.isReady !== true) return later
    const { isReady: _, ...outgoing } = prepared
    const signal = AbortSignal.timeout(limits.providerTimeoutMs)
    const sentMs = attempt.sendingTs ?? attempt.createdTs
    try {
      const taken = await otherReferences(postgres, attempt)
      const wish = { ...outgoing, attempt: attempt.publicId, signal }
      const fate = await channel.lookUp(wish, sentMs, taken)
      if (fate.state === 'accepted') return fateOf(attempt, fate)
      // Before that a request of ours might still be on its way to the provider.
      if (fate.state === 'absent' && clock.nowMs() - sentMs >= limits.lookUpAbsentAfterMs) {
        return { attempt, state: 'failed', code: 'never-arrived', isFinal: false }
      }
    } catch (error) {
      logger.warn('sends.look_up_failed', { channel: attempt.channelId, error })
    }
    return later
  }
}

function fateOf(attempt: AttemptRow, { reference, since }: Extract<ProvidersWord, { state: 'accepted' }>): Fate {
  if (since === undefined) return { attempt, state: 'accepted', reference }
  const { state, code, reason: failure } = since
  return { attempt, state, reference, code, failure, isFinal: state === 'failed' }
}
