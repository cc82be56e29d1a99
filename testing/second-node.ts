import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger, systemClock } from '#platform/api.ts'
import { connect, createHttp } from '#platform/index.ts'
import { composeChancery } from '#server/composition/platform.ts'
import { seededRandom } from './seeded-random.ts'
import type { Town } from './town.ts'
import { TownPerson } from './town-person.ts'

export type SecondNode = Awaited<ReturnType<typeof secondNode>>

/** Another server process, as far as the database can tell. */
export async function secondNode(of: Town) {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-node-'))
  const postgres = connect({ address: of.database.address, poolSize: 6, applicationName: 'second node' })
  const shared = { clock: systemClock, random: seededRandom(), logger: silentLogger }
  const chancery = await composeChancery({
    ...shared,
    postgres,
    masterKey: Buffer.alloc(32, 7),
    blobFolder: folder,
    settings: {
      serverName: 'town.example',
      publicUrl: 'http://town.example',
      version: '0.0.0',
      isDemo: false,
      passwordHashing: 'cheap',
      rateLimits: false,
      registrationSharedSecret: undefined,
    },
  })
  const http = createHttp({ gate: chancery.identity.gate, ...shared, rateLimits: false, checkAnswers: true })
  http.add(chancery.identity.routes)
  http.add(chancery.messaging.routes)
  const { port } = await http.listen('127.0.0.1', 0)
  const url = `http://127.0.0.1:${port}`
  return {
    chancery,
    /** The same device, speaking to this node. */
    as: (person: TownPerson) =>
      new TownPerson(() => url, { user_id: person.id, device_id: person.deviceId, access_token: person.token }),
    async stop() {
      await http.close()
      await chancery.close()
      await postgres.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
