import { isScope, permissionCatalogue } from '#access/api.ts'
import { type Clock, limits, Refusal } from '#platform/api.ts'
import type { Chancery } from '../composition/platform.ts'
import { readDuration } from './duration.ts'

/** What an operator asked for, with the options of the command alone. */
export type CommandWish = {
  /** The noun and the verb, `token create` say. */
  readonly name: string
  readonly words: readonly string[]
  readonly options: Readonly<Record<string, string>>
}

export type CommandAnswer = {
  /** 0, or 1 when it was refused. */
  readonly status: number
  /** For standard output: what a script wants to have. */
  readonly out: readonly string[]
  /** For standard error: what a person wants to know. */
  readonly err: readonly string[]
}

export type CommandDeps = {
  readonly chancery: Pick<Chancery, 'identity' | 'engagement'>
  readonly serverName: string
  readonly clock: Clock
}

type Command = {
  /** After the name. */
  readonly usage: string
  readonly meaning: string
  readonly words: number
  /** Names of the options of its own. */
  readonly options: readonly string[]
  /** Without a status it was done. */
  run(deps: CommandDeps, wish: CommandWish): Promise<Omit<CommandAnswer, 'status'> & { status?: number }>
}

/** Something that the operator has to write differently. */
export class CommandRefused extends Error {}

const scopes = permissionCatalogue.filter(({ id }) => isScope(id))

/** Every command that works on the data, whether a server holds it or not. */
export const commands: Readonly<Record<string, Command>> = {
  'token create': {
    usage: '--scopes NAME,NAME [--ttl 1h] [--name TEXT]',
    meaning: 'Prints a token by which a program uses the API under /api/v1, for what the scopes say. Shown once.',
    words: 0,
    options: ['scopes', 'ttl', 'name'],
    async run({ chancery }, { options }) {
      const wanted = namesIn(options.scopes)
      for (const scope of wanted) {
        if (!isScope(scope)) throw new CommandRefused(`There is no scope ${scope}. Those there are: token scopes.`)
      }
      if (wanted.length === 0)
        throw new CommandRefused('Say what it may do: --scopes NAME,NAME. All names: token scopes.')
      const wish = { scopes: wanted, livesMs: durationOf(options.ttl), name: options.name }
      const { token, id, expiresTs } = await chancery.identity.apiTokens.create(undefined, wish)
      return { out: [token], err: [`Token ${id}, good until ${when(expiresTs)}. It is not shown again.`] }
    },
  },
  'token list': {
    usage: '',
    meaning: 'The living tokens of programs: id, scopes, end, last use, who made it, what for.',
    words: 0,
    options: [],
    async run({ chancery }) {
      const tokens = await chancery.identity.apiTokens.list()
      const rows = tokens.map(({ id, scopes, expiresTs, lastUsedTs, maker, name }) => [
        id,
        scopes.join(','),
        when(expiresTs),
        lastUsedTs === undefined ? 'never' : when(lastUsedTs),
        maker ?? 'operator',
        name ?? '',
      ])
      return { out: rows.map(columns), err: [] }
    },
  },
  'token revoke': {
    usage: 'ID',
    meaning: 'The token opens nothing from now on.',
    words: 1,
    options: [],
    async run({ chancery }, { words }) {
      await chancery.identity.apiTokens.revoke(words[0]!)
      return { out: [], err: ['Revoked.'] }
    },
  },
  'token scopes': {
    usage: '',
    meaning: 'What scopes there are.',
    words: 0,
    options: [],
    run: async () => ({ out: scopes.map(({ id, meaning }) => columns([id, meaning])), err: [] }),
  },
  'registration-token create': {
    usage: '[--token TEXT] [--uses NUMBER] [--ttl 7d]',
    meaning: 'Prints a word by which people make accounts, where the option registration asks for one.',
    words: 0,
    options: ['token', 'uses', 'ttl'],
    async run({ chancery, clock }, { options: { token, uses, ttl } }) {
      const livesMs = durationOf(ttl)
      const made = await chancery.identity.registrationTokens.create({
        ...(token !== undefined && { token }),
        ...(uses !== undefined && { usesMax: countOf(uses) }),
        ...(livesMs !== undefined && { expiresTs: clock.nowMs() + livesMs }),
      })
      const end = made.expiresTs === undefined ? 'without end' : `good until ${when(made.expiresTs)}`
      return { out: [made.token], err: [`Registration token ${made.id}, ${end}.`] }
    },
  },
  'registration-token list': {
    usage: '',
    meaning: 'Words for registration: id, word, uses, end.',
    words: 0,
    options: [],
    async run({ chancery }) {
      const rows = (await chancery.identity.registrationTokens.list()).map(
        ({ id, token, uses, usesMax, expiresTs }) => [
          id,
          token,
          usesMax === undefined ? `${uses}` : `${uses}/${usesMax}`,
          expiresTs === undefined ? 'never' : when(expiresTs),
        ],
      )
      return { out: rows.map(columns), err: [] }
    },
  },
  'registration-token delete': {
    usage: 'ID',
    meaning: 'It makes no account any more. Those that it made stay.',
    words: 1,
    options: [],
    async run({ chancery }, { words }) {
      await chancery.identity.registrationTokens.withdraw(words[0]!)
      return { out: [], err: ['Deleted.'] }
    },
  },
  'consent verify': {
    usage: '[--agency KEY] [--kept HASH]',
    meaning:
      'Reads every chain of consent, or that of one agency, and names the first event that was altered, is missing or stands ' +
      'elsewhere. --kept: a hash that was printed before must still be in it.',
    words: 0,
    options: ['agency', 'kept'],
    run: verifyConsent,
  },
  'consent rebuild': {
    usage: '[--agency KEY]',
    meaning: 'Derives anew what holds now from the events of consent, where these are whole.',
    words: 0,
    options: ['agency'],
    run: rebuildConsent,
  },
  'login-token create': {
    usage: 'USER [--ttl 1h]',
    meaning: 'Prints a token by which a program signs in once as somebody (m.login.token), within an hour at most.',
    words: 1,
    options: ['ttl'],
    async run({ chancery, serverName }, { words, options }) {
      const livesMs = durationOf(options.ttl) ?? limits.automationTokenLivesMs
      if (livesMs > limits.automationTokenLivesMs) throw new CommandRefused('It lives for an hour at most: --ttl 1h.')
      const { users, loginTokens } = chancery.identity
      const matrixId = words[0]!.startsWith('@') ? words[0]! : `@${words[0]}:${serverName}`
      const user = await users.byMatrixId(matrixId)
      if (user === undefined || !(await users.isActive(user.id))) {
        throw new CommandRefused(`There is no account ${matrixId} here, or it is closed. Check the spelling.`)
      }
      const { token, expiresTs } = await loginTokens.create(user.id, livesMs)
      return { out: [token], err: [`Signs in once as ${matrixId}, until ${when(expiresTs)}.`] }
    },
  },
}

/** Does it. What is refused is said in a sentence; anything else that fails is thrown. */
export async function runCommand(deps: CommandDeps, wish: CommandWish): Promise<CommandAnswer> {
  try {
    const command = Object.hasOwn(commands, wish.name) ? commands[wish.name] : undefined
    if (command === undefined) throw new CommandRefused(`There is no command ${wish.name}. See: help.`)
    if (wish.words.length !== command.words) throw new CommandRefused(`Write: ${wish.name} ${command.usage}`.trimEnd())
    return { status: 0, ...(await command.run(deps, wish)) }
  } catch (error) {
    if (!(error instanceof CommandRefused || error instanceof Refusal)) throw error
    return { status: 1, out: [], err: [error.message] }
  }
}

/** A line for each agency: its key, `whole` or what is wrong, how many events, the newest one's hash. */
async function verifyConsent({ chancery }: CommandDeps, { options: { agency, kept } }: CommandWish) {
  if (kept !== undefined && agency === undefined) throw new CommandRefused('Say whose hash it is: --agency KEY.')
  if (kept !== undefined && !/^[0-9a-f]{64}$/.test(kept)) {
    throw new CommandRefused('A kept hash is 64 hexadecimal digits, as this command prints them.')
  }
  const answer = { status: 0, out: [] as string[], err: [] as string[] }
  for (const { id, key } of await agenciesNamed(chancery, agency)) {
    const { events, head, fault } = await chancery.engagement.consent.verify(id, kept)
    answer.out.push(columns([key, fault?.kind ?? 'whole', `${events}`, head]))
    if (fault === undefined) continue
    answer.status = 1
    answer.err.push(`${key}: ${fault.message}`)
  }
  return answer
}

async function rebuildConsent({ chancery }: CommandDeps, { options: { agency } }: CommandWish) {
  const { consent } = chancery.engagement
  const answer = { status: 0, out: [] as string[], err: [] as string[] }
  for (const { id, key } of await agenciesNamed(chancery, agency)) {
    const { fault } = await consent.rebuild(id)
    answer.out.push(columns([key, fault === undefined ? 'rebuilt' : fault.kind]))
    if (fault === undefined) continue
    answer.status = 1
    answer.err.push(`${key}: ${fault.message} Nothing was derived from it.`)
  }
  return answer
}

async function agenciesNamed({ engagement: { agencies } }: CommandDeps['chancery'], key: string | undefined) {
  if (key === undefined) return agencies.all()
  const agency = await agencies.byKey(key)
  if (agency !== undefined) return [agency]
  const keys = (await agencies.all()).map((one) => one.key)
  throw new CommandRefused(`There is no agency ${key}. Those there are: ${keys.join(', ')}.`)
}

function namesIn(text = ''): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = readDuration(text)
  if (ms === undefined) throw new CommandRefused('Give a time as a number and s, m, h, d or w: --ttl 1h.')
  return ms
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new CommandRefused('Give a number from 1 to 999999: --uses 1.')
}

const when = (ts: number) => new Date(ts).toISOString().slice(0, 16).replace('T', ' ').concat(' UTC')
const columns = (cells: readonly string[]) => cells.join('\t').trimEnd()
