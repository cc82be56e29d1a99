import { type CommandWish, commands } from './commands.ts'

export type ReadWords =
  | { readonly wish: CommandWish; readonly configWords: readonly string[] }
  | { readonly wrong: string }

/**
 * The words behind `npm run chancery --`, sorted: what belongs to the command, and what is an option of the configuration
 * (`--data` say). What a command takes without a name stands before all options.
 */
export function readCommandWords(argv: readonly string[]): ReadWords {
  const name = argv.slice(0, 2).join(' ')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) return { wrong: `There is no command ${name}.` }
  const rest = argv.slice(2)
  const firstOption = rest.findIndex((word) => word.startsWith('--'))
  const words = firstOption === -1 ? rest : rest.slice(0, firstOption)
  const options: Record<string, string> = {}
  const configWords: string[] = []
  for (let n = words.length; n < rest.length; n++) {
    const word = rest[n]!
    const [, key = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (!command.options.includes(key)) {
      configWords.push(word)
      continue
    }
    const given = value ?? rest[++n]
    if (given === undefined) return { wrong: `Nothing stands behind --${key}.` }
    options[key] = given
  }
  return { wish: { name, words, options }, configWords }
}
