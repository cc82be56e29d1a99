import type { Channels } from '#channels/api.ts'
import { type ChannelsDeps, channelOrigins, createChannels } from '#channels/index.ts'
import { limits, type Outbound } from '#platform/api.ts'
import { createOutbound, systemSmtp } from '#platform/index.ts'
import type { ChanceryDeps } from './platform.ts'

type Machine = Pick<ChannelsDeps, 'postgres' | 'vault' | 'clock' | 'logger' | 'nodes'>

/**
 * The channels to citizens, with a door of their own to the outside: a provider inside the network is asked by its channel,
 * and by nothing else that people can cause.
 */
export function composeChannels(
  { settings, metrics, smtp = systemSmtp }: ChanceryDeps,
  machine: Machine,
): { channels: Channels; providers: Outbound } {
  const { publicUrl, channels: list = [] } = settings
  const providers = createOutbound({
    allowedOrigins: channelOrigins(list),
    socketsPerOriginMax: limits.channelSendsAtOnceMax,
  })
  return {
    channels: createChannels({ ...machine, outbound: providers, smtp, publicUrl, settings: list, metrics }),
    providers,
  }
}
