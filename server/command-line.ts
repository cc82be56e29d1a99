/**
 * `npm run chancery -- COMMAND`: acts of an operator on a data directory.
 *
 *     keys rotate     new key-encryption key; every data key is wrapped again
 *
 * They run on their own, while no server holds the data directory.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigRefused, StartRefused, systemClock, systemRandom } from '#platform/api.ts'
import {
  checkServerSettings,
  connect,
  createVault,
  migrate,
  openDataDirectory,
  readConfig,
  startEmbedded,
} from '#platform/index.ts'
import { holdInstallation, InstallationChanged } from './bootstrap/installation.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const say = (line: string) => process.stdout.write(`${line}\n`)

const usage = `Commands:
  keys rotate   Makes a new key-encryption key and wraps every data key under it. Nothing that is stored is
                encrypted again, so it takes seconds. Stop the server first. Options are those of npm start
                (--data, --master-key, --server-name, --database-url, --config).`

async function main(argv: readonly string[]): Promise<number> {
  const [noun, verb, ...options] = argv
  if (argv.some((word) => word === '--help' || word === 'help')) {
    say(usage)
    return 0
  }
  if (noun === 'keys' && verb === 'rotate') return rotateKeys(options)
  say(usage)
  return noun === undefined ? 0 : 64
}

async function rotateKeys(options: readonly string[]): Promise<number> {
  holdInstallation(root)
  const { config } = readConfig({ argv: options, env: process.env, readFile: (file) => readFileSync(file, 'utf8') })
  // An operator's act is upon what is there: a folder that was mistyped must not become a new server.
  if (!existsSync(join(config.dataFolder, 'format'))) {
    throw new StartRefused(`There is no data directory ${config.dataFolder}. Give the right one with --data.`)
  }
  const directory = await openDataDirectory({
    folder: config.dataFolder,
    serverName: config.serverName,
    ...(config.masterKeyFile === undefined ? {} : { masterKeyFile: config.masterKeyFile }),
  })
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbedded({ folder: directory.postgresFolder, progress: say })
      : undefined
  const address = embedded?.address ?? { url: config.databaseUrl ?? '' }
  const postgres = connect({ address, poolSize: 4 })
  try {
    await checkServerSettings(postgres)
    await migrate(postgres, `${root}server/migrations`)
    const { masterKey } = directory
    const vault = await createVault({ db: postgres, masterKey, random: systemRandom, clock: systemClock })
    const { keyEncryptionKey, rewrapped } = await vault.rotate()
    await vault.close()
    say(`Done. Key-encryption key ${keyEncryptionKey} is in force; ${rewrapped} data keys were wrapped under it.`)
    return 0
  } finally {
    await postgres.close()
    await embedded?.stop()
    directory.close()
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const isSentence =
    error instanceof StartRefused || error instanceof ConfigRefused || error instanceof InstallationChanged
  process.stderr.write(`${isSentence ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exitCode = 1
}
process.exit()
