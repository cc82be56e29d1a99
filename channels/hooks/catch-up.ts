import { type Clock, type Logger, limits, type Postgres } from '#platform/api.ts'
import type { Provider } from '../provider.ts'
import { channelBornTs, insertChannels } from '../store/births.ts'
import { newestHookTs } from '../store/hooks.ts'
import type { HookIntake } from './hook-intake.ts'

export type CatchUpDeps = {
  readonly postgres: Postgres
  readonly clock: Clock
  readonly logger: Logger
  readonly intake: Pick<HookIntake, 'take'>
  readonly providers: ReadonlyMap<string, Provider>
  readonly count: (channelId: string, what: string) => void
}

/**
 * Asks providers what they called about in vain while nobody answered here. Goes the way of a hook, so that what came
 * already is known.
 */
export class CatchUp {
  readonly #deps: CatchUpDeps

  constructor(deps: CatchUpDeps) {
    this.#deps = deps
  }

  /** @returns how many hooks were new. */
  async run(signal: AbortSignal): Promise<number> {
    const { logger } = this.#deps
    await this.#beBorn()
    let taken = 0
    for (const [channelId, provider] of this.#deps.providers) {
      try {
        taken += await this.#one(channelId, provider, signal)
      } catch (error) {
        if (!signal.aborted) logger.warn('channels.not_caught_up', { error })
      }
    }
    if (taken > 0) logger.info('channels.caught_up', { count: taken })
    return taken
  }

  async #beBorn(): Promise<void> {
    const { postgres, clock, logger, providers } = this.#deps
    if (providers.size === 0) return
    await insertChannels(postgres, [...providers.keys()], clock.nowMs()).catch((error) =>
      logger.warn('channels.not_caught_up', { error }),
    )
  }

  async #one(channelId: string, { missed }: Provider, signal: AbortSignal): Promise<number> {
    const { postgres, clock, intake, count } = this.#deps
    if (missed === undefined) return 0
    const bornMs = await channelBornTs(postgres, channelId)
    // Not in use before: what its number got until now was for somebody else.
    if (bornMs === undefined) return 0
    const nowMs = clock.nowMs()
    const newestMs = (await newestHookTs(postgres, channelId)) ?? bornMs
    const sinceMs = Math.max(
      bornMs,
      nowMs - limits.catchUpMsMax,
      Math.min(newestMs, nowMs - limits.catchUpEveryMs) - limits.catchUpOverlapMs,
    )
    let taken = 0
    for (const hook of await missed(sinceMs, signal)) {
      if ((await intake.take(channelId, hook)) !== 'taken') continue
      count(channelId, 'caught_up')
      taken += 1
    }
    return taken
  }
}
