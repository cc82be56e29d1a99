/** `npm start`: reads the configuration, starts, says where to open it, and stops when asked. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { StartRefused, systemClock, systemRandom } from '#platform/api.ts'
import { ConfigRefused, createLogger, optionsHelp, readConfig, saveMemoryWhenQuiet } from '#platform/index.ts'
import { holdInstallation, InstallationChanged, webClientFolder } from './bootstrap/installation.js'
import { version } from './composition/version.ts'
import { announce } from './start/announce.ts'
import { listenForStop } from './start/signals.ts'
import { type RunningChancery, startChancery } from './start/start-chancery.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const say = (line: string) => process.stdout.write(`${line}\n`)

/** Stopping must be over by then, whatever hangs. */
const stopWithinMs = 9_500

async function main(): Promise<number> {
  holdInstallation(root)
  const { config, warnings } = readConfig({
    argv: process.argv.slice(2),
    env: process.env,
    readFile: (file) => readFileSync(file, 'utf8'),
  })
  if (config.wants === 'help') {
    say(optionsHelp())
    return 0
  }
  if (config.wants === 'version') {
    say(`Chancery ${version}`)
    return 0
  }
  for (const warning of warnings) say(`Warning: ${warning}`)
  const logger = createLogger({ level: config.logLevel, isTerminal: process.stderr.isTTY === true, clock: systemClock })
  const stop = listenForStop({ nowMs: systemClock.nowMs, onSecond: () => process.exit(130) })
  const starting = startChancery({
    config,
    clock: systemClock,
    random: systemRandom,
    logger,
    say,
    migrations: `${root}server/migrations`,
    webClient: webClientFolder(root),
  })
  const running = await starting
  await announce({ running, config, say })
  saveMemoryWhenQuiet()
  const why = await Promise.race([
    stop.asked.then(() => 'asked' as const),
    running.postgresLost.then(() => 'lost' as const),
  ])
  if (why === 'lost') say('PostgreSQL has ended unexpectedly, so Chancery stops too. Start it again: npm start')
  else say('Stopping …')
  await stopInTime(running)
  return why === 'lost' ? 1 : 0
}

async function stopInTime(running: RunningChancery): Promise<void> {
  const late = setTimeout(() => {
    say('Something did not stop in time and is left to the next start, which puts it in order.')
    process.exit(1)
  }, stopWithinMs)
  await running.stop()
  clearTimeout(late)
}

/** A sentence for what a person can put right; a stack for what only we can. */
function tell(error: unknown): void {
  const isSentence =
    error instanceof StartRefused || error instanceof ConfigRefused || error instanceof InstallationChanged
  const refused = isSentence ? error.message : sentenceOf(error)
  process.stderr.write(`${refused ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`)
}

function sentenceOf(error: unknown): string | undefined {
  const { code, port } = error as { code?: string; port?: number }
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use already. Stop what uses it, or start with --port and another number.`
  }
  if (code === 'EACCES' && port !== undefined) {
    return `This user may not open port ${port}. Start with --port and a number above 1023.`
  }
  if (code === 'ENOSPC') return 'The disk is full. Make room, then start again; nothing that was stored is lost.'
  return undefined
}

try {
  process.exitCode = await main()
} catch (error) {
  tell(error)
  process.exitCode = 1
}
process.exit()
