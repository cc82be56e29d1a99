import pino from 'pino'
import type { Clock } from '../clock.ts'
import { errorFields } from './error-fields.ts'
import type { LogFields, Logger } from './logger.ts'
import { readableLine } from './readable-line.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export type LoggerOptions = {
  readonly level: LogLevel
  /** Lines for people instead of JSON. */
  readonly isTerminal: boolean
  readonly clock: Pick<Clock, 'nowMs'>
  /** Where whole lines go; standard error by default. */
  readonly write?: (line: string) => void
}

type FieldKind = 'number' | 'string' | 'error'

/** Each field and what it may be. What is not here is left out, also when a caller forces it in. */
const fieldKinds: Readonly<Record<keyof LogFields, FieldKind>> = {
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
  channel: 'string',
  kind: 'string',
  signal: 'string',
  state: 'string',
  option: 'string',
  detail: 'string',
  error: 'error',
}

/** A line that carries both what happened and the number of an event keeps them apart under these names. */
const lineNames: Readonly<Partial<Record<keyof LogFields, string>>> = { event: 'eventId' }

const textLengthMax = 500

/** Structured lines: JSON for machines, one readable line for a terminal. Each line is written before the call returns. */
export function createLogger({ level, isTerminal, clock, write }: LoggerOptions): Logger {
  const destination = write === undefined ? pino.destination({ dest: 2, sync: true }) : { write }
  const lines = isTerminal ? { write: (line: string) => void destination.write(readableLine(line)) } : destination
  const json = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: () => `,"time":"${new Date(clock.nowMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
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
    if (value === undefined || !Object.hasOwn(fieldKinds, name)) continue
    const field = name as keyof LogFields
    const kind = fieldKinds[field]
    if (kind === 'error') line[name] = errorFields(value)
    else if (typeof value === kind) line[lineNames[field] ?? name] = shortened(value as string | number)
  }
  return line
}

/** Thousandths are exact enough for milliseconds. */
function shortened(value: string | number): string | number {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value.slice(0, textLengthMax)
}
