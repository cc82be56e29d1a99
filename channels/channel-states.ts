import type { Clock, Postgres } from '#platform/api.ts'
import type { GuardedChannel } from './guarded-channel.ts'
import type { Counts } from './hooks/counts.ts'
import { countWaitingHooks } from './store/hooks.ts'

type Deps = {
  readonly postgres: Postgres
  readonly clock: Clock
  readonly counts: Counts
  readonly channels: readonly GuardedChannel[]
}

/** Always told, so that nobody takes a missing one for a thing that is not counted. */
const hookCounts = ['taken', 'forged', 'replayed', 'stale', 'duplicate', 'malformed', 'flooded'] as const

/** What administrators see of the channels. */
export class ChannelStates {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async all() {
    const { postgres, clock, counts, channels } = this.#deps
    const [counted, waiting] = await Promise.all([counts.all(), countWaitingHooks(postgres)])
    return channels.map((channel) => {
      const isReady = channel.readyMs <= clock.nowMs()
      const hooks = waiting.find(({ channelId }) => channelId === channel.id)
      return {
        id: channel.id,
        kind: channel.kind,
        sender: channel.sender,
        ...(channel.agency !== undefined && { agency: channel.agency }),
        ...(channel.queue !== undefined && { queue: channel.queue }),
        state: isReady ? ('ready' as const) : ('resting' as const),
        ...(!isReady && { ready_ts: Math.ceil(channel.readyMs) }),
        waiting: hooks?.waiting ?? 0,
        failed: hooks?.failed ?? 0,
        counts: { ...Object.fromEntries(hookCounts.map((what) => [what, 0])), ...counted.get(channel.id) },
      }
    })
  }
}
