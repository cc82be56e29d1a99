import pino from 'pino'
import type { Clock } from '../clock.ts'
import type { LogFields, Logger } from './logger.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LoggerOptions = {
  readonly level: LogLevel
  /** Lines for people instead of JSON. */
  readonly isTerminal: boolean
  readonly clock: Clock
  /** Where whole lines go; standard error by default. */
  readonly write?: (line: string) => void
}

/** Each field and the one type that it may have. What is not here is left out even when a caller forces it in. */
const fieldTypes: Record<keyof LogFields, 'number' | 'string' | 'error'> = {
  operation: 'string',
  method: 'string',
  requestId: 'string',
  status: 'number',
  code: 'string',
  durationMs: 'number',
  count: 'number',
  bytes: 'number',
  position: 'number',
  lag: 'number',
  room: 'number',
  event: 'number',
  user: 'number',
  session: 'number',
  key: 'number',
  job: 'number',
  id: 'number',
  attempt: 'number',
  pid: 'number',
  port: 'number',
  version: 'string',
  reader: 'string',
  kind: 'string',
  signal: 'string',
  state: 'string',
  option: 'string',
  detail: 'string',
  error: 'error',
}

const textLengthMax = 500

/** Structured lines: JSON for machines, one readable line for a terminal. */
export function createLogger({ level, isTerminal, clock, write }: LoggerOptions): Logger {
  const destination = write === undefined ? pino.destination({ dest: 2, sync: true }) : { write }
  const json = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    isTerminal ? { write: (line) => destination.write(readable(line)) } : destination,
  )
  const at =
    (name: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (json.isLevelEnabled(name)) json[name](allowed(fields), event)
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function allowed(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    const type = fieldTypes[name as keyof LogFields]
    if (type === 'error') line.error = describeError(value)
    else if (type === 'number' && typeof value === 'number') line[name] = Math.round(value * 1000) / 1000
    else if (type === 'string' && typeof value === 'string') line[name] = value.slice(0, textLengthMax)
  }
  return line
}

/**
 * An error's kind, code and place. PostgreSQL's and the JSON parser's messages repeat the value that they stumbled over,
 * and those may be somebody's words: of them only the code, the table and the place are kept.
 */
function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error }
  const { name, message, stack = '', cause } = error
  const { code, severity, table, constraint, routine } = error as Error & Record<string, unknown>
  const isFromDatabase = severity !== undefined
  const repeatsInput = isFromDatabase || error instanceof SyntaxError || error instanceof URIError
  return {
    name,
    ...(typeof code === 'string' && { code }),
    ...(isFromDatabase && { table, constraint, routine }),
    ...(!repeatsInput && { message: message.slice(0, textLengthMax) }),
    // Without its first lines: they are the message again.
    at: stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim().slice(3)),
    ...(cause instanceof Error && depth < 3 && { cause: describeError(cause, depth + 1) }),
  }
}

type Line = { time: string; level: string; event: string; error?: { name: string; message?: string; at?: string[] } }

function readable(text: string): string {
  const { time, level, event, error, ...fields } = JSON.parse(text) as Line & Record<string, unknown>
  const words = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
  const failed = error === undefined ? [] : [`${error.name}: ${error.message ?? '(message withheld)'}`]
  const places = (error?.at ?? []).map((place) => `\n    at ${place}`).join('')
  return `${time.slice(11, 19)} ${level.padEnd(5)} ${[event, ...words, ...failed].join(' ')}${places}\n`
}
