/** One server of a proof, as a process that can be killed. Takes everything from its only argument, as JSON. */
import type { ChannelSettings } from '#channels/api.ts'
import { type PostgresAddress, silentLogger, systemClock, systemRandom } from '#platform/api.ts'
import { connect, createHttp } from '#platform/index.ts'
import { composeChancery } from '#server/composition/platform.ts'

export type ServerOrders = {
  readonly address: PostgresAddress
  readonly folder: string
  readonly port: number
  readonly channels: readonly ChannelSettings[]
}

const { address, folder, port, channels }: ServerOrders = JSON.parse(process.argv[2] ?? '{}')
const postgres = connect({ address, poolSize: 10, applicationName: 'chancery proof' })
const [clock, random, logger] = [systemClock, systemRandom, silentLogger]
const chancery = await composeChancery({
  postgres,
  masterKey: Buffer.alloc(32, 7),
  blobFolder: folder,
  clock,
  random,
  logger,
  settings: {
    serverName: 'town.example',
    publicUrl: 'http://town.example',
    version: '0.0.0',
    isDemo: false,
    passwordHashing: 'cheap',
    rateLimits: false,
    registrationSharedSecret: undefined,
    channels,
    presence: false,
  },
})
const http = createHttp({ gate: chancery.identity.gate, clock, random, logger, rateLimits: false, checkAnswers: false })
http.add(chancery.identity.routes)
http.add(chancery.messaging.routes)
http.add(chancery.channels.routes)
http.add(chancery.engagement.routes)
await http.listen('127.0.0.1', port)
process.send?.('ready')
