import type { Clock, Config, DataDirectory, Logger, Postgres } from '#platform/api.ts'
import { checkServerSettings, connect, migrate, openDataDirectory, startEmbedded } from '#platform/index.ts'
import { createTestClock, type TestClock } from '../test-clock/test-clock.ts'
import { withProgress } from './progress.ts'

/** What is to be done in the end, the last first. */
export type Undo = (() => Promise<void> | void)[]

export async function undoAll(undo: Undo): Promise<void> {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
}

export type StorageDeps = {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
  readonly say: (line: string) => void
  readonly migrations: string
  /** An operator's act takes the data directory as it is. */
  readonly isOperator?: true
}

export type Storage = {
  readonly directory: DataDirectory
  /** The world's, or one that can be moved. */
  readonly clock: Clock
  readonly testClock: TestClock | undefined
  readonly postgres: Postgres
  /** Settles when PostgreSQL ended although nobody had asked it to. */
  readonly lost: Promise<void>
}

/** Takes hold of the data directory and brings its database up to date. `undo` gets what closes both. */
export async function openStorage(deps: StorageDeps, undo: Undo): Promise<Storage> {
  const { config, clock, say } = deps
  const directory = await openDataDirectory({
    folder: config.dataFolder,
    serverName: config.serverName,
    clock,
    ...(config.masterKeyFile === undefined ? {} : { masterKeyFile: config.masterKeyFile }),
    ...(deps.isOperator === true ? {} : { testClock: config.testClock }),
  })
  undo.push(() => directory.close())
  if (directory.isKeyNew) {
    say(`The master key is ${directory.masterKeyFile}. Keep a copy elsewhere: without it nothing can be read.`)
  }
  for (const warning of directory.warnings) say(`Note: ${warning}`)
  const { postgres, lost } = await startPostgres(deps, directory.postgresFolder, undo)
  await withProgress(say, clock, 'Preparing the database', () => migrate(postgres, deps.migrations))
  const testClock = directory.testClock && createTestClock(clock, directory.testClock)
  return { directory, postgres, lost, testClock, clock: testClock?.clock ?? clock }
}

async function startPostgres(deps: StorageDeps, folder: string, undo: Undo) {
  const { config, clock, logger, say } = deps
  if (config.databaseUrl !== undefined) {
    const postgres = connect({ address: { url: config.databaseUrl } })
    undo.push(() => postgres.close())
    await checkServerSettings(postgres)
    return { postgres, lost: new Promise<void>(() => undefined) }
  }
  const embedded = await withProgress(say, clock, 'Starting PostgreSQL', () =>
    startEmbedded({
      folder,
      log: (level, line) => logger[level === 'info' ? 'debug' : level]('postgres.said', { detail: line }),
      progress: say,
    }),
  )
  let isStopping = false
  undo.push(() => {
    isStopping = true
    return embedded.stop()
  })
  const postgres = connect({ address: embedded.address })
  undo.push(() => postgres.close())
  await checkServerSettings(postgres)
  const lost = embedded.exited.then(() => (isStopping ? new Promise<void>(() => undefined) : undefined))
  return { postgres, lost }
}
