import * as kinds from './kinds.ts'

export type Option = {
  /** As on the command line after `--`, and in the file. The environment variable follows from it. */
  readonly name: string
  /** Stands for the value in the help; an option without one is given by its name alone. */
  readonly placeholder?: string
  readonly kind: kinds.Kind<unknown>
  /** As somebody would write it. */
  readonly default?: string
  /** In words, for a default that depends on something or is nothing. */
  readonly defaultMeaning?: string
  readonly meaning: string
  /** Another environment variable that says the same; the CHANCERY_ one goes first. */
  readonly customaryVariable?: string
  /** May be given as a file, and is never repeated in a message. */
  readonly isSecret?: true
  /** The file cannot name itself, and a question for help is no setting. */
  readonly notIn?: readonly Place[]
}

export type Place = 'environment' | 'file'

/** Every option: the help, the reference, and what is read and checked all follow from this table. */
export const options = {
  dataFolder: {
    name: 'data',
    placeholder: 'DIR',
    kind: kinds.path,
    default: './data',
    meaning: 'Folder that holds everything: the database, files, and what belongs to them.',
  },
  masterKeyFile: {
    name: 'master-key',
    placeholder: 'FILE',
    kind: kinds.path,
    defaultMeaning: 'the data directory\u2019s name with .key, beside it',
    meaning: 'File of the key that everything is encrypted under. Keep a copy elsewhere, apart from backups.',
  },
  port: {
    name: 'port',
    placeholder: 'PORT',
    kind: kinds.port,
    default: '8008',
    meaning: 'Port for browsers and apps.',
  },
  host: {
    name: 'host',
    placeholder: 'ADDRESS',
    kind: kinds.host,
    default: '127.0.0.1',
    meaning: 'Address to listen on. Chancery speaks HTTP; put a proxy that speaks HTTPS between it and a network.',
  },
  serverName: {
    name: 'server-name',
    placeholder: 'NAME',
    kind: kinds.serverName,
    default: 'localhost',
    meaning: 'What stands after the colon in @alice:NAME. Fixed with the first start.',
  },
  publicUrl: {
    name: 'public-url',
    placeholder: 'URL',
    kind: kinds.publicUrl,
    defaultMeaning: 'http://localhost:PORT',
    meaning: 'Where browsers and apps reach the server. Links in invitations begin with it.',
  },
  trustedProxies: {
    name: 'trusted-proxies',
    placeholder: 'ADDRESSES',
    kind: kinds.networks,
    defaultMeaning: 'none',
    meaning: 'Addresses or networks (CIDR) of proxies, separated by commas, whose X-Forwarded-For is believed.',
  },
  databaseUrl: {
    name: 'database-url',
    placeholder: 'URL',
    kind: kinds.databaseUrl,
    defaultMeaning: 'an own PostgreSQL in the data directory',
    customaryVariable: 'DATABASE_URL',
    isSecret: true,
    meaning: 'A PostgreSQL (15 or later) of yours, instead of the one that Chancery brings.',
  },
  defaultRoomVersion: {
    name: 'default-room-version',
    placeholder: 'VERSION',
    kind: kinds.oneOf('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'),
    default: '12',
    meaning: 'Version of new rooms whose maker names none: 1 to 12.',
  },
  peopleSearch: {
    name: 'people-search',
    placeholder: 'everybody|acquainted',
    kind: kinds.oneOf('everybody', 'acquainted'),
    default: 'everybody',
    meaning: 'Whom people find by name: everybody, or only who shares a room with them or is in a public one.',
  },
  mediaFileSize: {
    name: 'media-file-size',
    placeholder: 'SIZE',
    kind: kinds.size,
    default: '100 MiB',
    meaning: 'The largest file that people may upload.',
  },
  mediaPerPerson: {
    name: 'media-per-person',
    placeholder: 'SIZE|off',
    kind: kinds.sizeOrOff,
    default: '10 GiB',
    meaning: 'What all files of one person may take together.',
  },
  mediaTotal: {
    name: 'media-total',
    placeholder: 'SIZE|off',
    kind: kinds.sizeOrOff,
    default: 'off',
    meaning: 'What all files of everybody may take together.',
  },
  openMedia: {
    name: 'open-media',
    kind: kinds.onOrOff,
    default: 'off',
    meaning: 'For very old apps: files that are uploaded from now on can be read by anybody who has their address.',
  },
  urlPreviews: {
    name: 'url-previews',
    kind: kinds.onOrOff,
    default: 'off',
    meaning:
      'Fetches pages that messages link to, to show what is there. It tells those sites that they were mentioned.',
  },
  urlPreviewHosts: {
    name: 'url-preview-hosts',
    placeholder: 'HOSTS',
    kind: kinds.hosts,
    defaultMeaning: 'all',
    meaning: 'Hosts whose pages may be fetched for previews, separated by commas; *.example.org is all beneath it.',
  },
  urlPreviewBlockedHosts: {
    name: 'url-preview-blocked-hosts',
    placeholder: 'HOSTS',
    kind: kinds.hosts,
    defaultMeaning: 'none',
    meaning: 'Hosts whose pages are never fetched for previews.',
  },
  registration: {
    name: 'registration',
    placeholder: 'closed|token|open',
    kind: kinds.oneOf('closed', 'token', 'open'),
    default: 'closed',
    meaning: 'Who may make an account: invited people only, whoever has a registration token, or anybody.',
  },
  guests: {
    name: 'guests',
    placeholder: 'on|off',
    kind: kinds.onOrOff,
    default: 'off',
    meaning: 'Whether visitors without an account may enter rooms that are open to guests.',
  },
  termsPage: {
    name: 'terms-page',
    placeholder: 'URL',
    kind: kinds.webPage,
    defaultMeaning: 'none',
    meaning: 'Terms that whoever registers must accept.',
  },
  supportEmail: {
    name: 'support-email',
    placeholder: 'ADDRESS',
    kind: kinds.mailAddress,
    defaultMeaning: 'none',
    meaning: 'Whom people, and those who run other servers, may write to about this server.',
  },
  supportPage: {
    name: 'support-page',
    placeholder: 'URL',
    kind: kinds.webPage,
    defaultMeaning: 'none',
    meaning: 'A page about help with this server.',
  },
  accessTokenMinutes: {
    name: 'access-token-minutes',
    placeholder: 'MINUTES',
    kind: kinds.minutes,
    default: '60',
    meaning: 'How long an app may use an access token before it refreshes it, where it can.',
  },
  rates: {
    name: 'rates',
    placeholder: 'RATES',
    kind: kinds.rateChanges,
    defaultMeaning: 'the table in platform/limits.ts',
    meaning: 'How often one caller may do kinds of acts: KIND=AT_ONCE/PER_SECOND, separated by commas.',
  },
  limits: {
    name: 'limits',
    placeholder: 'LIMITS',
    kind: kinds.limitChanges,
    defaultMeaning: 'the table below',
    meaning: 'Other limits than usual: NAME=NUMBER, separated by commas.',
  },
  registrationSharedSecret: {
    name: 'registration-shared-secret',
    placeholder: 'SECRET',
    kind: kinds.secret,
    defaultMeaning: 'off',
    isSecret: true,
    meaning: 'Opens /_synapse/admin/v1/register: programs that know the secret may make accounts.',
  },
  outboundOrigins: {
    name: 'outbound-origins',
    placeholder: 'URLS',
    kind: kinds.origins,
    defaultMeaning: 'none',
    meaning:
      'Servers inside your network that Chancery may ask, a push gateway say: URLs without a path, separated by commas. ' +
      'Everything else is asked on public addresses only.',
  },
  presence: {
    name: 'presence',
    placeholder: 'on|off',
    kind: kinds.onOrOff,
    default: 'on',
    meaning:
      'Tells people who of those in their rooms is there. Off costs nothing at all, which large servers may want.',
  },
  pushContent: {
    name: 'push-content',
    placeholder: 'on|off',
    kind: kinds.onOrOff,
    default: 'off',
    meaning:
      'Lets push gateways of others see who said what in which room. Off tells them the id of the event alone, as they always ' +
      'are told of rooms that stay on this server, such as conversations with citizens.',
  },
  channels: {
    name: 'channels',
    placeholder: 'LIST',
    kind: kinds.channelList,
    defaultMeaning: 'none',
    isSecret: true,
    meaning:
      'How words travel to citizens: a list of channels, best given in the file. See docs/operations/channels.md.',
  },
  stopMeansEverything: {
    name: 'stop-means-everything',
    placeholder: 'COUNTRIES',
    kind: kinds.countryDates,
    defaultMeaning: 'US=2027-01-31',
    meaning:
      'Countries of agencies whose law takes every STOP of a citizen for a STOP of all that she can end, each with the day ' +
      'from which it does, in UTC, or never. Countries that are not named stay as they are known.',
  },
  metricsPort: {
    name: 'metrics-port',
    placeholder: 'PORT',
    kind: kinds.portOrOff,
    default: '0',
    meaning: 'Port on the loopback address for Prometheus, at /metrics; 0 means none.',
  },
  logLevel: {
    name: 'log-level',
    placeholder: 'LEVEL',
    kind: kinds.oneOf('debug', 'info', 'warn', 'error'),
    default: 'info',
    meaning: 'The least important lines that are still logged: debug, info, warn or error.',
  },
  isDemo: {
    name: 'demo',
    kind: kinds.onOrOff,
    default: 'off',
    meaning: 'Fills an empty data directory with a small agency to look at. Refused where real accounts are.',
  },
  rateLimits: {
    name: 'rate-limits',
    placeholder: 'on|off',
    kind: kinds.onOrOff,
    default: 'on',
    meaning: 'For tests only: off lets anybody ask, and guess passwords, as often as they like.',
  },
  testClock: {
    name: 'test-clock',
    kind: kinds.onOrOff,
    default: 'off',
    meaning:
      'For tests only: the clock can be moved by /api/v1/test-clock. Only in a data directory that was born with it.',
  },
  simulatorPort: {
    name: 'simulator-port',
    placeholder: 'PORT',
    kind: kinds.portOrOff,
    defaultMeaning: 'the one after --port, or a free one',
    meaning: 'In the demo: port on the loopback address of the simulator, which stands for citizens; 0 means none.',
  },
  passwordHashing: {
    name: 'password-hashing',
    placeholder: 'strong|cheap',
    kind: kinds.oneOf('strong', 'cheap'),
    default: 'strong',
    meaning: 'For tests only: cheap makes sign-in fast and stolen passwords easy to find.',
  },
  configFile: {
    name: 'config',
    placeholder: 'FILE',
    kind: kinds.path,
    defaultMeaning: 'none',
    notIn: ['file'],
    meaning: 'YAML file with any of these options.',
  },
  help: {
    name: 'help',
    kind: kinds.onOrOff,
    defaultMeaning: '',
    notIn: ['environment', 'file'],
    meaning: 'Prints this text and ends.',
  },
  version: {
    name: 'version',
    kind: kinds.onOrOff,
    defaultMeaning: '',
    notIn: ['environment', 'file'],
    meaning: 'Prints the version and ends.',
  },
} as const satisfies Record<string, Option>

export type OptionKey = keyof typeof options

/** What an option holds once it is read. */
export type OptionValue<K extends OptionKey> = (typeof options)[K]['kind'] extends kinds.Kind<infer T> ? T : never

export const optionKeys = Object.keys(options) as OptionKey[]

export function optionOf(key: OptionKey): Option {
  return options[key]
}

/** In the order in which they count. */
export function variablesOf(option: Option): readonly string[] {
  if (option.notIn?.includes('environment')) return []
  const own = `CHANCERY_${option.name.toUpperCase().replaceAll('-', '_')}`
  return option.customaryVariable === undefined ? [own] : [own, option.customaryVariable]
}

/** A name by which an option can be given; secrets have a second one, for a file that holds them. */
export type OptionName = { readonly key: OptionKey; readonly holdsPath: boolean }

function namesBy(namesOf: (option: Option) => readonly string[], fileSuffix: string): ReadonlyMap<string, OptionName> {
  const names = new Map<string, OptionName>()
  for (const key of optionKeys) {
    const option = optionOf(key)
    for (const name of namesOf(option)) {
      names.set(name, { key, holdsPath: false })
      if (option.isSecret) names.set(name + fileSuffix, { key, holdsPath: true })
    }
  }
  return names
}

export const commandLineNames = namesBy((option) => [option.name], '-file')
export const variableNames = namesBy(variablesOf, '_FILE')
export const fileNames = namesBy((option) => (option.notIn?.includes('file') ? [] : [option.name]), '-file')
