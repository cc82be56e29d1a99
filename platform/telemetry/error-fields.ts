import { StartRefused } from '../data-directory/start-refused.ts'
import { Refusal } from '../errors/refusal.ts'
import { DatabaseError } from '../postgres/errors.ts'

/** What the log says about an error. */
export type ErrorFields = {
  readonly name: string
  readonly code?: string
  readonly sqlState?: string
  readonly constraint?: string
  /** Only where the words are our own. */
  readonly message?: string
  /** Frames of the stack, innermost first. */
  readonly at?: readonly string[]
  readonly cause?: ErrorFields
}

const framesMax = 12
const causesMax = 3
const textLengthMax = 500

/** A whole frame of V8's; a line of somebody's message that begins with "at" has no such place at its end. */
const frame = /^ {4}at (.*(?::\d+:\d+|<anonymous>|native)\)?)$/
const plainName = /^[A-Za-z_$][\w$.]{0,79}$/
const plainCode = /^[\w.-]{1,80}$/

/**
 * An error by its name, code and place. Messages are left out, because an error may repeat what it stumbled over: a JSON
 * parser quotes the body, a file system the name of a file. Three kinds are known to hold only words of our own: the
 * `detail` of a `Refusal`, a `DatabaseError`, which has dropped the values of rows, and `StartRefused`.
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!(error instanceof Error)) return { name: `thrown ${typeof error}` }
  const { code, cause } = error as Error & { code?: unknown }
  const message = ownWords(error)
  const at = framesOf(error)
  return {
    name: plainName.test(error.name) ? error.name : 'Error',
    ...(typeof code === 'string' && plainCode.test(code) && { code }),
    ...(error instanceof DatabaseError && databaseFields(error)),
    ...(message !== undefined && { message: message.slice(0, textLengthMax) }),
    ...(at.length > 0 && { at }),
    ...(cause !== undefined && depth < causesMax && { cause: errorFields(cause, depth + 1) }),
  }
}

function ownWords(error: Error): string | undefined {
  if (error instanceof Refusal) return error.detail
  return error instanceof DatabaseError || error instanceof StartRefused ? error.message : undefined
}

function databaseFields({ sqlState, constraint }: DatabaseError): Pick<ErrorFields, 'sqlState' | 'constraint'> {
  return { ...(sqlState !== undefined && { sqlState }), ...(constraint !== undefined && { constraint }) }
}

/** The stack begins with the message again, which may be long and look like frames itself. */
function framesOf({ stack, message }: Error): string[] {
  if (typeof stack !== 'string') return []
  const start = message === '' ? -1 : stack.indexOf(message)
  const lines = (start === -1 ? stack : stack.slice(start + message.length)).split('\n')
  return lines
    .map((line) => frame.exec(line)?.[1])
    .filter((place) => place !== undefined)
    .slice(0, framesMax)
}
