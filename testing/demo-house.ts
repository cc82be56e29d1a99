/** A data directory for the demo, ways to fill it and to start on it, and its citizens. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChannelSettings } from '#channels/api.ts'
import { type Clock, silentLogger, systemClock, systemRandom } from '#platform/api.ts'
import { createHttp } from '#platform/index.ts'
import { type Chancery, composeChancery } from '#server/composition/platform.ts'
import { type DemoSimulator, type OutsideOptions, startDemoSimulator } from '#server/demo/demo-simulator.ts'
import { demoPassword } from '#server/demo/people.ts'
import { prepareDemo } from '#server/demo/prepare-demo.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { TownPerson } from './town-person.ts'

const serverName = 'demo.example'
const publicUrl = 'http://demo.example'

export class DemoHouse implements AsyncDisposable {
  readonly database: TestDatabase
  readonly #folder: string

  private constructor(database: TestDatabase, folder: string) {
    this.database = database
    this.#folder = folder
  }

  static async open(): Promise<DemoHouse> {
    const folder = await mkdtemp(join(tmpdir(), 'chancery-demo-'))
    return new DemoHouse(await testDatabase({ poolSize: 8 }), folder)
  }

  compose(clock: Clock, channels: readonly ChannelSettings[] = []): Promise<Chancery> {
    return composeChancery({
      postgres: this.database.postgres,
      masterKey: Buffer.alloc(32, 9),
      blobFolder: join(this.#folder, 'blobs'),
      clock,
      random: systemRandom,
      logger: silentLogger,
      settings: {
        serverName,
        publicUrl,
        version: '0.0.0',
        isDemo: true,
        passwordHashing: 'cheap',
        rateLimits: false,
        channels,
      },
    })
  }

  prepare(): Promise<boolean> {
    return prepareDemo({
      db: this.database.postgres,
      clock: systemClock,
      serverName,
      publicUrl,
      say: () => undefined,
      compose: (clock, channels) => this.compose(clock, channels),
      outside: (options) => this.#outside(options),
    })
  }

  /** As a start of the server does it, the citizens included. */
  async serve(): Promise<DemoServer> {
    let url = ''
    const outside = await this.#outside({ reach: (called) => called.replace(publicUrl, url) })
    const chancery = await this.compose(systemClock, outside.channels)
    const http = createHttp({
      gate: chancery.identity.gate,
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      rateLimits: false,
      checkAnswers: true,
    })
    for (const part of ['identity', 'messaging', 'channels', 'engagement'] as const) http.add(chancery[part].routes)
    const { port } = await http.listen('127.0.0.1', 0)
    url = `http://127.0.0.1:${port}`
    await outside.reach(await chancery.channels.open())
    const stop = async () => {
      await http.close()
      await chancery.close()
      await outside.stop()
    }
    return {
      outside,
      signIn: (username) => TownPerson.signIn(() => url, username, demoPassword),
      [Symbol.asyncDispose]: stop,
    }
  }

  #outside(options: OutsideOptions): Promise<DemoSimulator> {
    const config = { dataFolder: join(this.#folder, 'data'), publicUrl, port: 0, simulatorPort: 0 }
    return startDemoSimulator({ config, random: systemRandom, ...options })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.database.dispose()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

export interface DemoServer extends AsyncDisposable {
  readonly outside: DemoSimulator
  signIn(username: string): Promise<TownPerson>
}
