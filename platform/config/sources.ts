import type { ConfigProblem } from './config-refused.ts'
import { nearest } from './nearest.ts'
import { commandLineNames, type OptionName, optionOf, variableNames } from './options.ts'

/** An option as somebody gave it, not yet read. */
export type Given = OptionName & {
  /** As it was spelled: `port`, or `registration-shared-secret-file`. */
  readonly name: string
  readonly from: string
  readonly text: string
}

export type Source = {
  readonly given: readonly Given[]
  readonly problems: readonly ConfigProblem[]
  readonly warnings: readonly string[]
}

/** `--name value` or `--name=value`; options that are switched on by their name alone take a value only after `=`. */
export function readCommandLine(argv: readonly string[]): Source {
  const given: Given[] = []
  const problems: ConfigProblem[] = []
  const from = 'command line'
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!
    const [, name, , inSame] = /^--([^=]+)(=([\s\S]*))?$/.exec(word === '-h' ? '--help' : word) ?? []
    if (name === undefined) {
      const text = 'This is no option. Options begin with two hyphens, and each has one value.'
      problems.push({ key: shown(word), from, text })
      continue
    }
    const known = commandLineNames.get(name)
    if (known === undefined) {
      problems.push({ key: `--${shown(name)}`, from, text: unknownName(name, commandLineNames.keys(), '--') })
      // Its value would otherwise be reported as a second mistake.
      if (inSame === undefined && argv[at + 1]?.startsWith('-') === false) at++
      continue
    }
    const isAlone = optionOf(known.key).placeholder === undefined
    const next = argv[at + 1]
    let text = inSame ?? (isAlone ? 'on' : undefined)
    if (text === undefined && next !== undefined && !next.startsWith('--')) {
      text = next
      at++
    }
    if (text === undefined) {
      problems.push({ key: name, from, text: `A value is missing. Give ${rightOf(known)} after --${name}.` })
    } else if (given.some((one) => one.name === name)) {
      problems.push({ key: name, from, text: 'It is given twice. Leave one of them out.' })
    } else {
      given.push({ ...known, name, from, text })
    }
  }
  return { given, problems, warnings: [] }
}

/**
 * Empty variables count as absent, as container tools set them. An unknown CHANCERY_ variable is a warning and no error:
 * Kubernetes itself sets CHANCERY_SERVICE_HOST and its like beside a service of that name.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Source {
  const given: Given[] = []
  const warnings: string[] = []
  for (const [name, known] of variableNames) {
    const text = env[name]
    if (text === undefined || text === '') continue
    given.push({ ...known, name: nameOf(known), from: `environment variable ${name}`, text })
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith('CHANCERY_') || variableNames.has(name)) continue
    warnings.push(`The environment variable ${name} was not used. ${unknownName(name, variableNames.keys(), '')}`)
  }
  return { given, problems: [], warnings }
}

/** What would be right for this name; secrets that lie in a file want its path. */
export function rightOf({ key, holdsPath }: OptionName): string {
  return holdsPath ? 'the path of a file' : optionOf(key).kind.right
}

function nameOf({ key, holdsPath }: OptionName): string {
  return optionOf(key).name + (holdsPath ? '-file' : '')
}

export function unknownName(name: string, known: Iterable<string>, prefix: string): string {
  const near = nearest(name, known)
  return near === undefined ? 'There is no such option.' : `There is no such option. Did you mean ${prefix}${near}?`
}

/** What came in, made fit for one line of a terminal. */
export function shown(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\uFFFD')
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain
}
