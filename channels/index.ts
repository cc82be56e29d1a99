import type { ChannelMetrics, Clock, Logger, Nodes, Outbound, Postgres, Smtp, Vault } from '#platform/api.ts'
import type { AddressKind, Channel, Channels, Receiver } from './api.ts'
import { ChannelStates } from './channel-states.ts'
import { GuardedChannel } from './guarded-channel.ts'
import { CatchUp } from './hooks/catch-up.ts'
import { ChannelKeys } from './hooks/channel-keys.ts'
import { Counts } from './hooks/counts.ts'
import { Forgetting } from './hooks/forgetting.ts'
import { HandOver } from './hooks/hand-over.ts'
import { HookDoor } from './hooks/hook-door.ts'
import { HookIntake } from './hooks/hook-intake.ts'
import { listChannels } from './http/list-channels.ts'
import { receiveInboundHook } from './http/receive-inbound-hook.ts'
import { receiveStatusHook } from './http/receive-status-hook.ts'
import type { Door } from './provider.ts'
import { readChannels } from './read-channels.ts'
import type { ChannelSettings } from './settings.ts'
import { forgetHooksBefore } from './store/hooks.ts'
import { forgetSendersBefore, releaseSendersOfDead } from './store/senders.ts'

export { channelOrigins, readChannels } from './read-channels.ts'
export { createSimulator, type Simulator } from './simulator/simulator.ts'

export type ChannelsDeps = {
  readonly postgres: Postgres
  readonly vault: Vault
  readonly clock: Clock
  readonly logger: Logger
  readonly nodes: Pick<Nodes, 'id' | 'onDeath'>
  readonly outbound: Outbound
  readonly smtp: Smtp
  readonly publicUrl: string
  /** The configuration's list. Throws ConfigRefused where an entry cannot be used. */
  readonly settings: readonly ChannelSettings[]
  readonly metrics?: ChannelMetrics | undefined
}

const countsFlushMs = 2_000
const forgottenAtOnce = 5_000

export function createChannels(deps: ChannelsDeps): Channels {
  const { postgres, vault, clock, logger, nodes, publicUrl } = deps
  const counts = new Counts(postgres, deps.metrics)
  const list = readChannels(deps.settings).map((create) => create(deps))
  const providers = new Map(list.map((provider) => [provider.channel.id, provider]))
  const channels = list.map(({ channel }) => new GuardedChannel(channel, { clock, count: counts.add }))
  const keys = new ChannelKeys({ postgres, vault })
  const handOver = new HandOver({ postgres, clock, logger, nodes, keys, providers, count: counts.add })
  nodes.onDeath(async (tx, id) => {
    await releaseSendersOfDead(tx, id)
    handOver.wake()
  })
  const intake = new HookIntake({ postgres, vault, clock, logger, keys, onStored: (what) => handOver.wake(what) })
  const door = new HookDoor({ providers, intake, handOver, vault, publicUrl, count: counts.add })
  const catchUp = new CatchUp({ postgres, clock, logger, intake, providers, count: counts.add })
  const states = new ChannelStates({ postgres, clock, counts, channels })
  const forgetting = new Forgetting({ postgres, vault, clock, logger, keys, providers, count: counts.add })
  const doors: Door[] = []
  return {
    all: () => channels,
    byId: (id) => channels.find((channel) => channel.id === id),
    choose: (kind, agency) => choose(channels, clock.nowMs(), kind, agency),
    routes: [receiveInboundHook({ door }), receiveStatusHook({ door }), listChannels({ states })],
    async run(receiver: Receiver, signal: AbortSignal) {
      await Promise.all([
        handOver.run(receiver, signal),
        flushNowAndThen(counts, clock, logger, signal),
        catchUp.run(signal),
        forgetting.run(signal),
      ])
    },
    async open() {
      const ports = new Map<string, number>()
      for (const { channel, open, prepare } of list) {
        await prepare?.()
        const door = await open?.(
          (hook) => intake.take(channel.id, hook),
          (what) => counts.add(channel.id, what),
        )
        if (door === undefined) continue
        doors.push(door)
        ports.set(channel.id, door.port)
      }
      return ports
    },
    async shut() {
      await Promise.all(doors.splice(0).map((door) => door.close()))
    },
    async drained() {
      await intake.drained()
      await counts.flush()
      for (const provider of list) provider.close?.()
    },
    catchUp: (signal) => catchUp.run(signal),
    forget: (tx, wish) => forgetting.forget(tx, wish),
    async forgetBefore(ts) {
      let forgotten = 0
      for (;;) {
        const count = await forgetHooksBefore(postgres, ts, forgottenAtOnce)
        forgotten += count
        if (count === 0) break
      }
      await keys.destroyBefore(ts)
      await forgetSendersBefore(postgres, ts)
      return forgotten
    },
  }
}

function choose(
  channels: readonly GuardedChannel[],
  nowMs: number,
  kind: AddressKind,
  agency: string | undefined,
): Channel | undefined {
  const fit = channels.filter(
    (one) => one.kind === kind && (agency === undefined || one.agency === undefined || one.agency === agency),
  )
  const ready = fit.find((one) => one.readyMs <= nowMs)
  return ready ?? fit.toSorted((one, other) => one.readyMs - other.readyMs)[0]
}

async function flushNowAndThen(counts: Counts, clock: Clock, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(countsFlushMs, signal).catch(() => undefined)
    await counts.flush().catch((error) => logger.warn('channels.counts_not_stored', { error }))
  }
}
