import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ChannelSettings } from '#channels/api.ts'
import type { Simulator } from '#channels/index.ts'
import type { Clock, Config, Random } from '#platform/api.ts'
import { type RunningSimulator, startSimulator } from '../simulator/start-simulator.ts'
import { contacts } from './citizens/agency.ts'
import { organisation } from './people.ts'

export type DemoSimulator = {
  readonly simulator: Simulator
  /** Channels that lead to it. */
  readonly channels: readonly ChannelSettings[]
  readonly url: string
  /** The ports of the channels' own doors: mail is brought there. */
  reach(ports: ReadonlyMap<string, number>): Promise<void>
  stop(): Promise<void>
}

export type OutsideOptions = {
  /** While the demo is filled: its clock. What an earlier demo's citizens remember is forgotten. */
  readonly story?: Clock
  /** Where a web hook is really called; at its URL when it is left out. */
  readonly reach?: (url: string) => string
}

type Deps = OutsideOptions & {
  readonly config: Pick<Config, 'dataFolder' | 'port' | 'publicUrl' | 'simulatorPort'>
  readonly random: Random
}

const accountSid = `AC${'0'.repeat(32)}`
const seed = 1

/**
 * The outside world of the demo: the agency's numbers and its mailbox lead to the simulator. It remembers beside the data
 * directory, as citizens' telephones lie in no server; its secret is made anew with each start.
 */
export async function startDemoSimulator({ config, random, story, reach }: Deps): Promise<DemoSimulator> {
  const journalFile = `${resolve(config.dataFolder)}.simulator`
  if (story !== undefined) await rm(journalFile, { force: true })
  const { simulator, url, stop } = await startSomewhere(config, {
    journalFile,
    seed,
    ...(story && { clock: story }),
    ...(reach && { reach }),
  })
  const authToken = random.token(24)
  const { office, ...numbers } = contacts
  for (const { address: number, name, channelId } of Object.values(numbers)) {
    const inboundUrl = `${config.publicUrl}/hooks/${channelId}/inbound`
    await simulator.twilio.register({ accountSid, authToken, number, name, inboundUrl, optOut: 'off' })
  }
  await simulator.world.add({ what: 'pages', name: organisation, url: `${config.publicUrl}/c/main` })
  return {
    simulator,
    channels: [
      ...Object.values(numbers).map(({ address: from, channelId: id }) => {
        return { id, kind: 'twilio-sms', baseUrl: url, accountSid, authToken, from, country: 'US' }
      }),
      {
        id: office.channelId,
        kind: 'mail',
        from: `${organisation} <${office.address}>`,
        smtp: { host: '127.0.0.1', port: simulator.mail.port },
        listen: { port: 0 },
        // No names are looked up: the demo's world is this machine.
        checkSenders: false,
      },
    ],
    url,
    async reach(ports) {
      const { address, name, channelId } = office
      const port = ports.get(channelId)
      if (port !== undefined) await simulator.mail.register({ address, name, host: '127.0.0.1', port })
    },
    stop,
  }
}

type Start = Omit<Parameters<typeof startSimulator>[0], 'port'>

/** Where nobody named a port, one that is taken is no reason not to start. */
async function startSomewhere({ port, simulatorPort }: Deps['config'], start: Start): Promise<RunningSimulator> {
  try {
    return await startSimulator({ port: simulatorPort ?? (port + 1) % 65_536, ...start })
  } catch (error) {
    if (simulatorPort !== undefined || (error as { code?: string }).code !== 'EADDRINUSE') throw error
    return startSimulator({ port: 0, ...start })
  }
}
