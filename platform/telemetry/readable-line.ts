import type { ErrorFields } from './error-fields.ts'

type Line = { readonly time: string; readonly level: string; readonly event: string } & Readonly<
  Record<string, unknown>
>

const indent = '\n         '

/**
 * A line of the log for people at a terminal:
 *
 *     14:02:31 warn  log.catch_up_failed reader=search position=812 (DatabaseError 57P01: PostgreSQL could not …)
 *
 * Frames of the stack follow, one a line.
 */
export function readableLine(json: string): string {
  const { time, level, event, error, detail, ...fields } = JSON.parse(json) as Line
  const words = Object.entries(fields).map(([name, value]) => `${name}=${value}`)
  if (detail !== undefined) words.push(String(detail))
  const first = [time.slice(11, 19), level.padEnd(5), event, ...words].join(' ')
  return `${visible(first)}${error === undefined ? '' : readableError(error as ErrorFields)}\n`
}

function readableError({ name, code, sqlState, message, at = [], cause }: ErrorFields): string {
  const head = [name, code, sqlState].filter((word) => word !== undefined).join(' ')
  const text = visible(`(${head}${message === undefined ? '' : `: ${message}`})`)
  const frames = at.map((place) => `${indent}at ${visible(place)}`).join('')
  return ` ${text}${frames}${cause === undefined ? '' : `${indent}because of${readableError(cause)}`}`
}

/** A terminal obeys control characters, and text turned by direction marks reads as something else. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
}
