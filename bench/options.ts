import { parseArgs } from 'node:util'

export const parts = ['sends', 'fanout', 'memory', 'commits', 'rooms', 'joins', 'pages', 'ceiling'] as const
export type Part = (typeof parts)[number]

export type Options = {
  /** Undefined: a Chancery of its own is started for the run. */
  readonly url: URL | undefined
  readonly secret: string | undefined
  readonly only: ReadonlySet<Part>
  /** How long each measurement of a rate takes. */
  readonly seconds: number
  /** How many rooms the account of `rooms` is in. */
  readonly rooms: number
  /** How many members the room of `joins` has. */
  readonly members: number
  /** The process whose memory is read, with its descendants. */
  readonly pid: number | undefined
  readonly databaseUrl: string | undefined
  readonly jsonFile: string | undefined
}

export const help = `npm run bench -- [OPTIONS]: puts a load on a Matrix server, over its public API alone, and measures it.

  --url URL             the server; without it a Chancery is started for the run and stopped at its end
  --shared-secret S     what opens the server's /_synapse/admin/v1/register (needed with --url)
  --only LIST           of ${parts.join(', ')}; all without it
  --seconds N           how long each rate is measured, in four rounds (12)
  --rooms N             in how many rooms the account is that signs in (2000)
  --members N           how many members the room has that is joined (10000)
  --pid N               the server's process, for its memory (with --url, on this machine)
  --database-url URL    the PostgreSQL whose bare commits are the yardstick (with --url)
  --json FILE           writes all figures there as well

What is measured:
  sends     durable sends a second: 1, 16 and 64 senders over 1 and 64 rooms
  fanout    one message until 1, 100 and 1,000 clients that wait in /sync have it
  memory    proportional set size of the server, idle and after the load, without npm, shells and PostgreSQL
  rooms     an account in many rooms signs in: first sliding sync, again as another client, initial /sync
  joins     a public room fills with members, and is joined when it is full
  pages     pages of 100 messages of a room's history
  ceiling   the same requests to a server that does nothing, and to one that only commits a row for each
  commits   bare durable one-row commits a second that the same PostgreSQL gives to 1, 16 and 64 connections
`

/** A command line that makes no sense; the message says what would. */
export class BadOptions extends Error {}

export function readOptions(args: readonly string[]): Options | 'help' {
  const values = parse(args)
  if (values.help === true) return 'help'
  const url = values.url === undefined ? undefined : readUrl(values.url)
  if (url !== undefined && values['shared-secret'] === undefined) {
    throw new BadOptions('--url needs --shared-secret: the accounts of the load are made with it.')
  }
  const seconds = Number(values.seconds ?? 12)
  if (!(seconds > 0 && seconds <= 3_600)) throw new BadOptions('--seconds is a number of seconds from 1 to 3600.')
  const pid = values.pid === undefined ? undefined : Number(values.pid)
  if (pid !== undefined && !(Number.isSafeInteger(pid) && pid > 0)) throw new BadOptions('--pid is a process id.')
  return {
    url,
    secret: values['shared-secret'],
    only: readParts(values.only),
    seconds,
    rooms: readCount('rooms', values.rooms ?? '2000'),
    members: readCount('members', values.members ?? '10000'),
    pid,
    databaseUrl: values['database-url'],
    jsonFile: values.json,
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count >= 2 && count <= 1_000_000) return count
  throw new BadOptions(`--${name} is a whole number of at least 2.`)
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    ...{ url: text, 'shared-secret': text, only: text, seconds: text, pid: text, 'database-url': text, json: text },
    ...{ rooms: text, members: text },
    help: { type: 'boolean' } as const,
  }
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new BadOptions((error as Error).message)
  }
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw new BadOptions(`--url is an address such as http://127.0.0.1:8008, and "${text}" is not.`)
}

function readParts(text: string | undefined): ReadonlySet<Part> {
  const chosen = text === undefined ? [...parts] : text.split(',')
  for (const part of chosen) {
    if (!(parts as readonly string[]).includes(part)) {
      throw new BadOptions(`--only knows ${parts.join(', ')}, and not "${part}".`)
    }
  }
  return new Set(chosen as Part[])
}
