import { resolve } from 'node:path'
import type { ChannelSettings } from '#channels/api.ts'
import type { Config, Random } from '#platform/api.ts'
import { type RunningSimulator, startSimulator } from '../simulator/start-simulator.ts'
import { organisation } from './people.ts'

export type DemoSimulator = {
  /** Channels that lead to it. */
  readonly channels: readonly ChannelSettings[]
  readonly url: string
  /** The ports of the channels' own doors: mail is brought there. */
  reach(ports: ReadonlyMap<string, number>): Promise<void>
  stop(): Promise<void>
}

const number = '+15550001000'
const numberName = 'Waste and streets'
const mailAddress = 'desk@port-averell.example'
const mailName = 'City office'
const accountSid = `AC${'0'.repeat(32)}`
const seed = 1

/**
 * The outside world of the demo: the agency's number leads to the simulator. It remembers beside the data directory, as
 * citizens' telephones lie in no server; its secret is made anew with each start.
 */
export async function startDemoSimulator(deps: { config: Config; random: Random }): Promise<DemoSimulator> {
  const { config, random } = deps
  const journalFile = `${resolve(config.dataFolder)}.simulator`
  const { simulator, url, stop } = await startSomewhere(config, journalFile)
  const authToken = random.token(24)
  const inboundUrl = `${config.publicUrl}/hooks/sms/inbound`
  await simulator.twilio.register({ accountSid, authToken, number, name: numberName, inboundUrl, optOut: 'off' })
  await simulator.world.add({ what: 'pages', name: organisation, url: `${config.publicUrl}/c/main` })
  const smtp = { host: '127.0.0.1', port: simulator.mail.port }
  return {
    channels: [
      { id: 'sms', kind: 'twilio-sms', baseUrl: url, accountSid, authToken, from: number, country: 'US' },
      // No names are looked up: the demo's world is this machine.
      {
        id: 'mail',
        kind: 'mail',
        from: `City of Port Averell <${mailAddress}>`,
        smtp,
        listen: { port: 0 },
        checkSenders: false,
      },
    ],
    url,
    async reach(ports) {
      const port = ports.get('mail')
      if (port !== undefined)
        await simulator.mail.register({ address: mailAddress, name: mailName, host: '127.0.0.1', port })
    },
    stop,
  }
}

/** Where nobody named a port, one that is taken is no reason not to start. */
async function startSomewhere({ port, simulatorPort }: Config, journalFile: string): Promise<RunningSimulator> {
  try {
    return await startSimulator({ port: simulatorPort ?? (port + 1) % 65_536, journalFile, seed })
  } catch (error) {
    if (simulatorPort !== undefined || (error as { code?: string }).code !== 'EADDRINUSE') throw error
    return startSimulator({ port: 0, journalFile, seed })
  }
}
