/**
 * One running Chancery: data directory, PostgreSQL, the composed folders, the listener. Started top to bottom, stopped
 * bottom to top.
 */
import { join } from 'node:path'
import { readChannels } from '#channels/index.ts'
import {
  type Clock,
  type Config,
  type Logger,
  limitsWith,
  type Metrics,
  type Postgres,
  type Random,
  StartRefused,
} from '#platform/api.ts'
import { canOpenPictures, createHttp, createMetrics, serveMetrics, shownSettings } from '#platform/index.ts'
import { listenForCommands } from '../commands/socket.ts'
import { startJobs } from '../composition/jobs.ts'
import { type Chancery, type ChanceryDeps, composeChancery } from '../composition/platform.ts'
import { version } from '../composition/version.ts'
import type { DemoSimulator } from '../demo/demo-simulator.ts'
import { demoState } from '../demo/fact.ts'
import { testClockRoutes } from '../test-clock/http/routes.ts'
import type { TestClock } from '../test-clock/test-clock.ts'
import { openStorage, type Undo, undoAll } from './open-storage.ts'

export type StartDeps = {
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly say: (line: string) => void
  readonly migrations: string
  /** The built web client; undefined where there is none. */
  readonly webClient: string | undefined
}

export interface RunningChancery {
  readonly chancery: Chancery
  readonly postgres: Postgres
  readonly port: number
  readonly isNew: boolean
  /** Whether the people and rooms in it are those of the demo, however it was started this time. */
  readonly isDemo: boolean
  /** Where the demo's citizens are, if they are anywhere. */
  readonly simulatorUrl: string | undefined
  /** Settles when PostgreSQL ended although nobody had asked it to. */
  readonly postgresLost: Promise<void>
  /** Answers waiting requests, lets readers store their positions, then stops PostgreSQL and frees the data directory. */
  stop(): Promise<void>
}

type Parts = Omit<ChanceryDeps, 'settings' | 'metrics'>

export async function startChancery(deps: StartDeps): Promise<RunningChancery> {
  const undo: Undo = []
  const stop = () => undoAll(undo)
  try {
    return { ...(await startAll(deps, undo)), stop }
  } catch (error) {
    await stop().catch(() => undefined)
    throw error
  }
}

async function startAll(start: StartDeps, undo: Undo): Promise<Omit<RunningChancery, 'stop'>> {
  const { config, random, logger, say } = start
  // Before anything is made: what is wrong with the configuration is told first.
  readChannels(config.channels)
  const { directory, postgres, lost, clock, testClock } = await openStorage(start, undo)
  const deps = { ...start, clock }
  const metrics = createMetrics({ clock })
  undo.push(() => metrics.close())
  const parts: Parts = {
    postgres,
    masterKey: directory.masterKey,
    blobFolder: join(directory.folder, 'blobs'),
    clock,
    random,
    logger,
  }
  if (config.isDemo) await fillIfEmpty(deps, parts)
  const isDemo = (await demoState(postgres)) !== undefined
  const outside = await startOutside(deps, undo)
  const settings = { ...settingsOf(config, isDemo), ...(outside && { channels: outside.channels }) }
  const chancery = await composeChancery({ ...parts, metrics, settings })
  undo.push(() => chancery.close())
  const ports = await openDoors(chancery)
  await outside?.reach(ports)
  if (!canOpenPictures()) {
    say('Note: pictures cannot be made smaller on this machine, because the library for it was not installed.')
  }
  const jobs = await startJobs({ postgres, clock, logger, chancery, limits: limitsWith(config.limits) })
  undo.push(() => jobs.stop())
  const port = await listen(deps, { chancery, postgres, metrics, testClock }, undo)
  const commands = await listenForCommands({
    folder: directory.folder,
    chancery,
    serverName: config.serverName,
    clock,
    logger,
  })
  undo.push(() => commands.close())
  const simulatorUrl = outside?.url
  return { chancery, postgres, port, isNew: directory.isNew, isDemo, simulatorUrl, postgresLost: lost }
}

/** Channels that have a port of their own open it; that somebody else has it is told in a sentence. */
async function openDoors({ channels }: Chancery): Promise<ReadonlyMap<string, number>> {
  try {
    return await channels.open()
  } catch (error) {
    const { code, port } = error as { code?: string; port?: number }
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error
    throw new StartRefused(
      `The port ${port ?? ''} of a mail channel cannot be opened (${code}). Free it, or give another in "channels", "listen".`,
    )
  }
}

/** What the options say of how everything is composed. */
export function settingsOf(config: Config, isDemo: boolean): ChanceryDeps['settings'] {
  const { serverName, publicUrl, passwordHashing, rateLimits, registrationSharedSecret } = config
  const { defaultRoomVersion, peopleSearch, media, outboundOrigins, pushContent, presence } = config
  const { channels, stopMeansEverything } = config
  const { registration: mode, guests, termsPage, supportEmail: email, supportPage: page } = config
  const terms = termsPage === undefined ? undefined : { name: 'Terms of use', url: termsPage, version: '1' }
  const doors = { registration: { mode, guests, terms }, support: { email, page } }
  const accessTokenLivesMs = config.accessTokenMinutes * 60_000
  const signIn = { passwordHashing, rateLimits, registrationSharedSecret, accessTokenLivesMs, ...doors }
  const identity = { serverName, publicUrl, version, isDemo, ...signIn, shown: shownSettings(config) }
  const messaging = { defaultRoomVersion, peopleSearch, media, outboundOrigins, pushContent, presence }
  return { ...identity, ...messaging, channels, stopMeansEverything }
}

/** The demo is loaded only by those who want it: it is a large part of the program, and never needed otherwise. */
async function fillIfEmpty({ config, clock, random, say }: StartDeps, parts: Parts): Promise<void> {
  const { prepareDemo } = await import('../demo/prepare-demo.ts')
  const { startDemoSimulator } = await import('../demo/demo-simulator.ts')
  const settings = settingsOf(config, true)
  await prepareDemo({
    db: parts.postgres,
    clock,
    serverName: config.serverName,
    publicUrl: config.publicUrl,
    say,
    compose: (story, channels) => composeChancery({ ...parts, clock: story, settings: { ...settings, channels } }),
    outside: hasSimulator(config) ? (options) => startDemoSimulator({ config, random, ...options }) : undefined,
  })
}

/** Citizens are simulated where nobody named channels to real ones. */
const hasSimulator = ({ channels, simulatorPort }: Config) => channels.length === 0 && simulatorPort !== 0

/** Citizens to talk with in the demo, unless the configuration has channels of its own. */
async function startOutside({ config, random }: StartDeps, undo: Undo): Promise<DemoSimulator | undefined> {
  if (!config.isDemo || !hasSimulator(config)) return undefined
  const { startDemoSimulator } = await import('../demo/demo-simulator.ts')
  const outside = await startDemoSimulator({ config, random })
  undo.push(() => outside.stop())
  return outside
}

type Listening = {
  readonly chancery: Chancery
  readonly postgres: Postgres
  readonly metrics: Metrics
  readonly testClock: TestClock | undefined
}

async function listen(
  deps: StartDeps,
  { chancery, postgres, metrics, testClock }: Listening,
  undo: Undo,
): Promise<number> {
  const { config, clock, random, logger } = deps
  metrics.gauge('chancery_log_position', 'The newest position that followers have heard of.', () =>
    chancery.log.position(),
  )
  metrics.gauge('chancery_sync_waiting', 'People who wait in /sync.', () => chancery.messaging.waitingPeople())
  const http = createHttp({
    gate: chancery.identity.gate,
    clock,
    random,
    logger,
    metrics,
    trustedProxies: config.trustedProxies,
    rateLimits: config.rateLimits ? config.rates : false,
    limits: limitsWith(config.limits),
    isReady: async () => (await postgres.row('select 1')) !== undefined,
  })
  http.add(chancery.identity.routes)
  http.add(chancery.messaging.routes)
  http.add(chancery.channels.routes)
  http.add(chancery.engagement.routes)
  http.add(chancery.citizen.routes)
  if (testClock !== undefined) http.add(testClockRoutes(testClock))
  if (deps.webClient !== undefined) http.serveFolder('/', deps.webClient)
  if (config.metricsPort !== undefined) {
    const served = await serveMetrics(metrics, config.metricsPort)
    undo.push(() => served.close())
  }
  metrics.watchLoop()
  const { port } = await http.listen(config.host, config.port)
  undo.push(() => http.close())
  return port
}
