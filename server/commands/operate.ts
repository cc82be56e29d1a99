import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, type Config, type Random, StartRefused, silentLogger } from '#platform/api.ts'
import { createVault } from '#platform/index.ts'
import { composeChancery } from '../composition/platform.ts'
import { openStorage, type Storage, type Undo, undoAll } from '../start/open-storage.ts'
import { settingsOf } from '../start/start-chancery.ts'
import { type CommandAnswer, type CommandWish, runCommand } from './commands.ts'
import { askServer } from './socket.ts'

export type OperateDeps = {
  readonly config: Config
  readonly clock: Clock
  readonly random: Random
  /** Hears what takes long. */
  readonly say: (line: string) => void
  readonly migrations: string
}

/** Has a running server do it; where none runs, opens the data directory and does it. */
export async function operate(deps: OperateDeps, wish: CommandWish): Promise<CommandAnswer> {
  refuseMistyped(deps.config)
  const { config, random } = deps
  const answer = await askServer(config.dataFolder, wish)
  if (answer !== undefined) return answer
  return withStorage(deps, async ({ directory, postgres, clock }, undo) => {
    const chancery = await composeChancery({
      postgres,
      masterKey: directory.masterKey,
      blobFolder: join(directory.folder, 'blobs'),
      clock,
      random,
      logger: silentLogger,
      settings: settingsOf(config, false),
    })
    undo.push(() => chancery.close())
    return runCommand({ chancery, serverName: config.serverName, clock }, wish)
  })
}

/** Every data key under a new key-encryption key. Only while no server holds the data directory. */
export function rotateKeys(deps: OperateDeps): Promise<{ keyEncryptionKey: number; rewrapped: number }> {
  refuseMistyped(deps.config)
  const { random } = deps
  return withStorage(deps, async ({ directory, postgres, clock }, undo) => {
    const vault = await createVault({ db: postgres, masterKey: directory.masterKey, random, clock })
    undo.push(() => vault.close())
    return vault.rotate()
  })
}

async function withStorage<T>(deps: OperateDeps, work: (storage: Storage, undo: Undo) => Promise<T>): Promise<T> {
  const undo: Undo = []
  try {
    return await work(await openStorage({ ...deps, logger: silentLogger, isOperator: true }, undo), undo)
  } finally {
    await undoAll(undo)
  }
}

/** An operator's act is upon what is there: a folder that was mistyped must not become a new server. */
function refuseMistyped({ dataFolder }: Config): void {
  if (existsSync(join(dataFolder, 'format'))) return
  throw new StartRefused(`There is no data directory ${dataFolder}. Give the right one with --data.`)
}
