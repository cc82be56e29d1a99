import { isIPv4 } from 'node:net'
import type { RateChanges } from '../limits.ts'
import type { LimitChanges } from '../settable-limits.ts'
import type { LogLevel } from '../telemetry/create-logger.ts'
import { readConfigFile } from './config-file.ts'
import { type ConfigProblem, ConfigRefused } from './config-refused.ts'
import { type OptionKey, type OptionValue, optionKeys, optionOf, variablesOf } from './options.ts'
import { type Given, readCommandLine, readEnvironment, type Source, shown } from './sources.ts'

/** What this server was told. Frozen. */
export type Config = {
  /** As it was given; relative to the folder that the server was started in. */
  readonly dataFolder: string
  readonly masterKeyFile: string | undefined
  readonly port: number
  readonly host: string
  readonly serverName: string
  /** An origin, without a slash at its end. */
  readonly publicUrl: string
  readonly trustedProxies: readonly string[]
  /** Asked by the server although they may be inside. */
  readonly outboundOrigins: readonly string[]
  readonly presence: boolean
  readonly pushContent: boolean
  /** How words travel to citizens. Checked further by channels/. */
  readonly channels: OptionValue<'channels'>
  /** Countries whose law takes every STOP for everything, and from when on. */
  readonly stopMeansEverything: OptionValue<'stopMeansEverything'>
  /** Undefined means the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined
  readonly defaultRoomVersion: string
  readonly peopleSearch: OptionValue<'peopleSearch'>
  readonly media: {
    readonly fileBytesMax: number
    /** Undefined: no bound. */
    readonly personBytesMax: number | undefined
    readonly serverBytesMax: number | undefined
    readonly isOpen: boolean
    readonly urlPreviews: boolean
    /** Undefined: all. */
    readonly previewHosts: readonly string[] | undefined
    readonly previewHostsBlocked: readonly string[]
  }
  readonly registrationSharedSecret: string | undefined
  readonly registration: OptionValue<'registration'>
  readonly guests: boolean
  readonly termsPage: string | undefined
  readonly supportEmail: string | undefined
  readonly supportPage: string | undefined
  readonly accessTokenMinutes: number
  readonly rates: RateChanges
  readonly limits: LimitChanges
  readonly rateLimits: boolean
  readonly passwordHashing: OptionValue<'passwordHashing'>
  readonly isDemo: boolean
  readonly testClock: boolean
  /** 0: none. Undefined: the one after `port`, or a free one. */
  readonly simulatorPort: number | undefined
  readonly metricsPort: number | undefined
  readonly logLevel: LogLevel
  readonly wants: 'start' | 'help' | 'version'
}

export type ConfigSources = {
  /** What follows the program's name. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file; throws the file system's error. */
  readonly readFile: (path: string) => string
}

export type ReadConfig = {
  readonly config: Config
  /** Sentences for the person who starts; none of them stops the start. */
  readonly warnings: readonly string[]
}

type Values = { [K in OptionKey]?: OptionValue<K> }

/**
 * Reads the command line, the environment and the file, in this order of precedence, and checks all of it.
 * Throws `ConfigRefused`, which names everything that is wrong.
 */
export function readConfig({ argv, env, readFile }: ConfigSources): ReadConfig {
  const commandLine = readCommandLine(argv)
  const wants = wantedBy(commandLine)
  // Help is for those whose configuration is wrong, so it does not ask for a right one.
  if (wants !== 'start') return { config: configOf(defaults(), wants), warnings: [] }

  const environment = readEnvironment(env)
  const file = readFileOf([commandLine, environment], readFile)
  const sources = [commandLine, environment, file]
  const problems: ConfigProblem[] = sources.flatMap((source) => source.problems)
  const values = { ...defaults(), ...readValues(sources, readFile, problems) }
  if (values.metricsPort !== undefined && values.metricsPort === values.port) {
    const text = `Port ${values.port} is already the one for browsers and apps. Give another one, or 0 for none.`
    problems.push({ key: 'metrics-port', from: fromOf(sources, 'metricsPort'), text })
  }
  if (problems.length > 0) throw new ConfigRefused(problems)
  const config = configOf(values, wants)
  return {
    config,
    warnings: [...sources.flatMap((s) => s.warnings), ...secretWarnings(commandLine), ...riskWarnings(config)],
  }
}

function wantedBy(commandLine: Source): Config['wants'] {
  const names = commandLine.given.map((one) => one.key)
  if (names.includes('help')) return 'help'
  return names.includes('version') ? 'version' : 'start'
}

function readFileOf(sources: readonly Source[], readFile: ConfigSources['readFile']): Source {
  const named = sources.flatMap((source) => source.given).find((one) => one.key === 'configFile')
  if (named === undefined) return { given: [], problems: [], warnings: [] }
  try {
    return readConfigFile(named.text, readFile(named.text))
  } catch (error) {
    return { given: [], problems: [unreadable(named, named.text, error)], warnings: [] }
  }
}

/** The value of each option from the first source that has it; every source is checked, also where it loses. */
function readValues(
  sources: readonly Source[],
  readFile: ConfigSources['readFile'],
  problems: ConfigProblem[],
): Values {
  const values: Record<string, unknown> = {}
  for (const source of sources) {
    const taken = new Map<OptionKey, Given>()
    for (const one of source.given) {
      const other = taken.get(one.key)
      if (other !== undefined && other.holdsPath !== one.holdsPath) {
        const text = `The same is also given by ${other.name} (${other.from}). Leave one of them out.`
        problems.push({ key: one.name, from: one.from, text })
        continue
      }
      taken.set(one.key, other ?? one)
      const value = readValue(one, readFile, problems)
      if (value !== undefined && !(one.key in values)) values[one.key] = value
    }
  }
  return values as Values
}

function readValue(one: Given, readFile: ConfigSources['readFile'], problems: ConfigProblem[]): unknown {
  const option = optionOf(one.key)
  let { text } = one
  if (one.holdsPath) {
    try {
      text = readFile(one.text).replace(/\r?\n$/, '')
    } catch (error) {
      problems.push(unreadable(one, one.text, error))
      return undefined
    }
  }
  const value = option.kind.read(text)
  if (value !== undefined) return option.kind.isTree ? withSecretsRead(value, one, readFile, problems) : value
  // Secrets, and what was meant as one, are never repeated.
  const what = one.holdsPath ? 'What the file holds' : option.isSecret ? 'Its value' : `"${shown(text)}"`
  problems.push({ key: one.name, from: one.from, text: `${what} cannot be used. Give ${option.kind.right}.` })
  return undefined
}

/** In a tree a key that ends in `File` is the path of a file that holds the value: `authTokenFile` instead of `authToken`. */
function withSecretsRead(
  tree: unknown,
  one: Given,
  readFile: ConfigSources['readFile'],
  problems: ConfigProblem[],
): unknown {
  if (Array.isArray(tree)) return Object.freeze(tree.map((item) => withSecretsRead(item, one, readFile, problems)))
  if (typeof tree !== 'object' || tree === null) return tree
  const entries = Object.entries(tree).map(([key, value]) => {
    if (!/.File$/.test(key) || typeof value !== 'string') return [key, withSecretsRead(value, one, readFile, problems)]
    try {
      return [key.slice(0, -'File'.length), readFile(value).replace(/\r?\n$/, '')]
    } catch (error) {
      problems.push(unreadable(one, value, error))
      return [key, value]
    }
  })
  return Object.freeze(Object.fromEntries(entries))
}

function unreadable({ name, from }: Given, path: string, error: unknown): ConfigProblem {
  const reasons: Record<string, string> = {
    ENOENT: 'does not exist. Make it, or correct the path',
    EACCES: 'may not be read by this user. Give it the right to',
    EISDIR: 'is a folder. Give the path of a file',
  }
  const { code = 'no code' } = error as { code?: string }
  return { key: name, from, text: `The file ${shown(path)} ${reasons[code] ?? `cannot be read (${code})`}.` }
}

function fromOf(sources: readonly Source[], key: OptionKey): string {
  return sources.flatMap((source) => source.given).find((one) => one.key === key)?.from ?? 'default'
}

function defaults(): Values {
  const values: Record<string, unknown> = {}
  for (const key of optionKeys) {
    const option = optionOf(key)
    if (option.default !== undefined) values[key] = option.kind.read(option.default)
  }
  return values as Values
}

function configOf(values: Values, wants: Config['wants']): Config {
  return Object.freeze({
    dataFolder: values.dataFolder!,
    masterKeyFile: values.masterKeyFile,
    port: values.port!,
    host: values.host!,
    serverName: values.serverName!,
    publicUrl: values.publicUrl ?? `http://localhost:${values.port}`,
    trustedProxies: values.trustedProxies ?? Object.freeze([]),
    databaseUrl: values.databaseUrl,
    defaultRoomVersion: values.defaultRoomVersion!,
    peopleSearch: values.peopleSearch!,
    media: mediaOf(values),
    registrationSharedSecret: values.registrationSharedSecret,
    registration: values.registration!,
    guests: values.guests!,
    termsPage: values.termsPage,
    supportEmail: values.supportEmail,
    supportPage: values.supportPage,
    accessTokenMinutes: values.accessTokenMinutes!,
    rates: values.rates ?? Object.freeze({}),
    limits: values.limits ?? Object.freeze({}),
    outboundOrigins: values.outboundOrigins ?? Object.freeze([]),
    presence: values.presence ?? true,
    pushContent: values.pushContent ?? false,
    channels: values.channels ?? Object.freeze([]),
    stopMeansEverything: values.stopMeansEverything ?? Object.freeze([]),
    rateLimits: values.rateLimits!,
    passwordHashing: values.passwordHashing!,
    isDemo: values.isDemo!,
    testClock: values.testClock!,
    simulatorPort: values.simulatorPort,
    metricsPort: values.metricsPort === 0 ? undefined : values.metricsPort,
    logLevel: values.logLevel!,
    wants,
  })
}

function mediaOf(values: Values): Config['media'] {
  return Object.freeze({
    fileBytesMax: values.mediaFileSize!,
    personBytesMax: values.mediaPerPerson || undefined,
    serverBytesMax: values.mediaTotal || undefined,
    isOpen: values.openMedia!,
    urlPreviews: values.urlPreviews!,
    previewHosts: values.urlPreviewHosts,
    previewHostsBlocked: values.urlPreviewBlockedHosts ?? Object.freeze([]),
  })
}

/** Everybody on the machine can read the arguments of a process. */
function secretWarnings(commandLine: Source): string[] {
  return commandLine.given
    .filter((one) => optionOf(one.key).isSecret && !one.holdsPath)
    .map(
      ({ name, key }) =>
        `--${name} stands on the command line, where everybody on this machine can read it. ` +
        `Use --${name}-file or ${variablesOf(optionOf(key))[0]} instead.`,
    )
}

function riskWarnings({ host, publicUrl, trustedProxies, ...config }: Config): string[] {
  const warnings: string[] = []
  const url = new URL(publicUrl)
  const isEncrypted = url.protocol === 'https:'
  if (!isLoopback(host) && !isEncrypted && trustedProxies.length === 0) {
    warnings.push(
      `The server listens on ${host} without encryption: passwords and messages can be read on the way. ` +
        'Put a proxy that speaks HTTPS before it, and give --public-url https://… and --trusted-proxies.',
    )
  } else if (!isEncrypted && !isLoopback(url.hostname)) {
    warnings.push(
      `--public-url ${publicUrl} is not encrypted: passwords and messages can be read on the way. ` +
        'Give an address that begins with https://.',
    )
  } else if (isEncrypted && trustedProxies.length === 0) {
    warnings.push(
      'Everybody seems to come from the address of the proxy, and shares its rate limits. ' +
        'Give the address of the proxy with --trusted-proxies.',
    )
  }
  if (!config.rateLimits) {
    warnings.push(
      'FOR TESTS ONLY: rate limits are off. Anybody can guess passwords without end. Never run people on this.',
    )
  }
  if (config.testClock) {
    warnings.push('FOR TESTS ONLY: the clock can be moved. What is stored by it is good for nothing else.')
  }
  if (config.passwordHashing === 'cheap') {
    warnings.push(
      'FOR TESTS ONLY: password hashing is cheap. A stolen database gives passwords away. Never run people on this.',
    )
  }
  return warnings
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true
  return isIPv4(host) && host.startsWith('127.')
}
