/**
 * The town: a whole Chancery in this process, on a real PostgreSQL, behind its real HTTP server. Tests speak to it as
 * clients do. What they make (people, rooms, words) takes a line each. Every request and answer is held against the
 * specification (conformance/), and a test that breaks it fails.
 *
 *     await using town = await startTown()
 *     const [alice, bob] = await town.people('alice', 'bob')
 *     const room = await alice.createRoom({ invite: [bob.id] })
 *     await bob.join(room)
 *     await alice.say(room, 'Good morning')
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChannelSettings, Receiver } from '#channels/api.ts'
import type { MediaSettings, PeopleSearchScope, SendGuard } from '#messaging/api.ts'
import {
  type Clock,
  type HttpServer,
  type LimitChanges,
  type Logger,
  limitsWith,
  type Outbound,
  type Postgres,
  type Smtp,
  silentLogger,
  systemClock,
} from '#platform/api.ts'
import { connect, createHttp } from '#platform/index.ts'
import { type Chancery, type ChanceryDeps, composeChancery } from '#server/composition/platform.ts'
import { testClockRoutes } from '#server/test-clock/http/routes.ts'
import { createTestClock } from '#server/test-clock/test-clock.ts'
import { watchPort } from './conformance/recorder.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { seededRandom } from './seeded-random.ts'
import { TownPerson } from './town-person.ts'

export type TownOptions = {
  readonly clock?: Clock
  readonly seed?: number
  readonly logger?: Logger
  readonly guards?: readonly SendGuard[]
  readonly outbound?: Outbound
  readonly outboundOrigins?: readonly string[]
  readonly smtp?: Smtp
  readonly pushContent?: boolean
  readonly presence?: boolean
  readonly limits?: LimitChanges
  readonly rateLimits?: boolean
  readonly registrationSharedSecret?: string
  readonly registration?: ChanceryDeps['settings']['registration']
  readonly support?: ChanceryDeps['settings']['support']
  readonly defaultRoomVersion?: string
  readonly peopleSearch?: PeopleSearchScope
  readonly media?: Partial<MediaSettings>
  readonly webClient?: string
  readonly channels?: readonly ChannelSettings[]
  /** Who is told of what comes in on the channels, where that is not what the server plugs in. */
  readonly receiver?: Receiver
  readonly metrics?: ChanceryDeps['metrics']
  /** The clock can be moved by /api/v1/test-clock. */
  readonly testClock?: boolean
  /** Answers are held against their routes' schemas, unless a test wants to see the server as it is. */
  readonly checkAnswers?: boolean
}

export const townPassword = 'correct horse battery staple'

export interface TownNode extends AsyncDisposable {
  readonly chancery: Chancery
  /** The same device, speaking to this node. */
  as(person: TownPerson): TownPerson
}

type House = { chancery: Chancery; http: HttpServer; postgres: Postgres; port: number }

export class Town implements AsyncDisposable {
  readonly database: TestDatabase
  readonly #folder: string
  readonly #options: TownOptions
  #house: House
  #isStopped = false

  constructor(database: TestDatabase, folder: string, options: TownOptions, house: House) {
    this.database = database
    this.#folder = folder
    this.#options = options
    this.#house = house
  }

  get chancery(): Chancery {
    return this.#house.chancery
  }

  get http(): HttpServer {
    return this.#house.http
  }

  get postgres(): Postgres {
    return this.#house.postgres
  }

  get url(): string {
    return `http://127.0.0.1:${this.#house.port}`
  }

  /** An account, signed in. */
  async person(
    username: string,
    how: { role?: 'owner' | 'administrator' | 'member'; displayName?: string } = {},
  ): Promise<TownPerson> {
    await this.chancery.identity.accounts.create({
      username,
      password: townPassword,
      role: how.role ?? 'member',
      displayName: how.displayName ?? username.charAt(0).toUpperCase() + username.slice(1),
    })
    return this.signIn(username)
  }

  async people<const Names extends readonly string[]>(...names: Names): Promise<{ [K in keyof Names]: TownPerson }> {
    const made: TownPerson[] = []
    for (const name of names) made.push(await this.person(name))
    return made as { [K in keyof Names]: TownPerson }
  }

  /** A further device of an account. */
  signIn(username: string): Promise<TownPerson> {
    return TownPerson.signIn(() => this.url, username, townPassword)
  }

  /** A program with an API token for these scopes; it has no id and no device. */
  async program(...scopes: string[]): Promise<TownPerson> {
    const { token } = await this.chancery.identity.apiTokens.create(undefined, { scopes })
    return new TownPerson(() => this.url, { user_id: '', device_id: '', access_token: token })
  }

  /** Stops in order and starts again on the same data. People stay signed in. */
  async restart(): Promise<void> {
    await leave(this.#house)
    this.#house = await moveIn(this.database, this.#folder, this.#options)
  }

  /** Stops in order and leaves the data to other servers. */
  async stop(): Promise<void> {
    await leave(this.#house)
    this.#isStopped = true
  }

  /** Another server process on the same data, as far as the database can tell. Whoever opens it stops it. */
  async openNode(): Promise<TownNode> {
    const house = await moveIn(this.database, this.#folder, this.#options)
    const url = `http://127.0.0.1:${house.port}`
    return {
      chancery: house.chancery,
      as: (person) =>
        new TownPerson(() => url, { user_id: person.id, device_id: person.deviceId, access_token: person.token }),
      [Symbol.asyncDispose]: () => leave(house),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isStopped) await leave(this.#house)
    await this.database.dispose()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

export async function startTown(options: TownOptions = {}): Promise<Town> {
  const database = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'chancery-town-'))
  return new Town(database, folder, options, await moveIn(database, folder, options))
}

async function moveIn(database: TestDatabase, folder: string, options: TownOptions): Promise<House> {
  const testClock = options.testClock ? createTestClock(options.clock ?? systemClock, forgetful) : undefined
  const clock = testClock?.clock ?? options.clock ?? systemClock
  const random = seededRandom(options.seed)
  const logger = options.logger ?? silentLogger
  const postgres = connect({ address: database.address, poolSize: 6, applicationName: 'chancery town' })
  const chancery = await composeChancery({
    postgres,
    masterKey: Buffer.alloc(32, 7),
    blobFolder: join(folder, 'blobs'),
    clock,
    random,
    logger,
    guards: options.guards ?? [],
    ...(options.outbound === undefined ? {} : { outbound: options.outbound }),
    ...(options.smtp === undefined ? {} : { smtp: options.smtp }),
    ...(options.receiver === undefined ? {} : { receiver: options.receiver }),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    settings: {
      serverName: 'town.example',
      publicUrl: 'http://town.example',
      version: '0.0.0',
      isDemo: false,
      passwordHashing: 'cheap',
      rateLimits: options.rateLimits ?? false,
      registrationSharedSecret: options.registrationSharedSecret,
      ...(options.registration === undefined ? {} : { registration: options.registration }),
      ...(options.support === undefined ? {} : { support: options.support }),
      defaultRoomVersion: options.defaultRoomVersion,
      peopleSearch: options.peopleSearch,
      media: options.media ?? {},
      outboundOrigins: options.outboundOrigins,
      pushContent: options.pushContent,
      presence: options.presence ?? false,
      limits: options.limits,
      channels: options.channels,
    },
  })
  const http = createHttp({
    gate: chancery.identity.gate,
    clock,
    random,
    logger,
    rateLimits: options.rateLimits ?? false,
    limits: limitsWith(options.limits),
    checkAnswers: options.checkAnswers ?? true,
  })
  http.add(chancery.identity.routes)
  http.add(chancery.messaging.routes)
  http.add(chancery.channels.routes)
  http.add(chancery.engagement.routes)
  http.add(chancery.citizen.routes)
  if (testClock !== undefined) http.add(testClockRoutes(testClock))
  if (options.webClient !== undefined) http.serveFolder('/', options.webClient)
  const { port } = await http.listen('127.0.0.1', 0)
  watchPort(port)
  return { chancery, http, postgres, port }
}

/** A town's clock goes by its options again after a restart. */
const forgetful = { aheadMs: 0, save: async () => undefined }

async function leave(house: House): Promise<void> {
  await house.http.close()
  await house.chancery.close()
  await house.postgres.close()
}
