/**
 * `npm run chancery -- COMMAND`: acts of an operator on a data directory.
 *
 *     keys rotate     new key-encryption key; every data key is wrapped again
 *     token create    and the others of commands/commands.ts
 *
 * A running server does them when it is asked through its socket (commands/socket.ts). Where none runs, and for `keys
 * rotate` always, they open the data directory themselves.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigRefused, StartRefused, systemClock, systemRandom } from '#platform/api.ts'
import { readConfig } from '#platform/index.ts'
import { holdInstallation, InstallationChanged } from './bootstrap/installation.js'
import { readCommandWords } from './commands/command-words.ts'
import { commands } from './commands/commands.ts'
import { type OperateDeps, operate, rotateKeys } from './commands/operate.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const say = (line: string) => process.stdout.write(`${line}\n`)
const explain = (line: string) => process.stderr.write(`${line}\n`)

function usage(): string {
  const lines = Object.entries(commands).map(([name, command]) =>
    [`  ${name} ${command.usage}`.trimEnd(), `      ${command.meaning}`].join('\n'),
  )
  return `Commands:
${lines.join('\n')}
  keys rotate
      Makes a new key-encryption key and wraps every data key under it. Nothing that is stored is encrypted again, so it
      takes seconds. Stop the server first.

Options are those of npm start besides (--data, --master-key, --server-name, --database-url, --config). All commands but
"keys rotate" may be given while the server runs.`
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 || argv.some((word) => word === '--help' || word === 'help')) {
    say(usage())
    return 0
  }
  if (argv[0] === 'keys' && argv[1] === 'rotate') {
    const { keyEncryptionKey, rewrapped } = await rotateKeys(depsFor(argv.slice(2)))
    say(`Done. Key-encryption key ${keyEncryptionKey} is in force; ${rewrapped} data keys were wrapped under it.`)
    return 0
  }
  const read = readCommandWords(argv)
  if ('wrong' in read) {
    explain(`${read.wrong} Those there are: npm run chancery -- help`)
    return 64
  }
  const { status, out, err } = await operate(depsFor(read.configWords), read.wish)
  for (const line of out) say(line)
  for (const line of err) explain(line)
  return status
}

function depsFor(configWords: readonly string[]): OperateDeps {
  holdInstallation(root)
  const readFile = (file: string) => readFileSync(file, 'utf8')
  const { config } = readConfig({ argv: configWords, env: process.env, readFile })
  return { config, clock: systemClock, random: systemRandom, say: explain, migrations: `${root}server/migrations` }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const isSentence =
    error instanceof StartRefused || error instanceof ConfigRefused || error instanceof InstallationChanged
  explain(isSentence ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = 1
}
process.exit()
