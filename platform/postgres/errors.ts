/**
 * Codes of a server that is going away or takes no more connections, or of a connection that ended: no statement will
 * be answered on it any more.
 */
const lostStates = /^(08|57P0[1-5]|53300)/

/** With these PostgreSQL ends the connection, or gives none: a database that takes no connections says 55000. */
const fatal = new Set(['FATAL', 'PANIC'])

/** The texts of pg's own errors (they carry no code) when the socket is gone, or the pool had none to give in time. */
const lostTexts =
  /Connection terminated|Connection ended|connection error|not queryable|timeout expired|timeout exceeded|Client was closed/i

const lostSystemCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
])

/**
 * A statement that PostgreSQL refused, or a connection that broke. The message names the statement, the code and the
 * constraint, and never a value: PostgreSQL's DETAIL and the text of data errors can repeat what a row holds, and
 * errors end up in logs.
 */
export class DatabaseError extends Error {
  override readonly name: string = 'DatabaseError'
  /** PostgreSQL's five-character code, https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly sqlState: string | undefined
  readonly constraint: string | undefined
  readonly isConnectionLost: boolean

  constructor(message: string, facts: { sqlState?: string; constraint?: string; isConnectionLost: boolean }) {
    super(message)
    this.sqlState = facts.sqlState
    this.constraint = facts.constraint
    this.isConnectionLost = facts.isConnectionLost
  }
}

/** The connection died while COMMIT was on its way: the transaction may or may not have happened. */
export class CommitUnknown extends DatabaseError {
  override readonly name = 'CommitUnknown'
  constructor(cause: DatabaseError) {
    super(`Nobody knows whether this transaction was stored: ${cause.message}`, { isConnectionLost: true })
  }
}

/** Whether PostgreSQL could not be asked, or could not answer; the statement itself may be right. */
export function isLost(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.isConnectionLost
}

/** PostgreSQL stores every text but those that hold U+0000 (class 22: not in its encoding, not in JSON). */
const unstorableStates = new Set(['22021', '22P05'])

/** Whether somebody sent a text that cannot be stored or looked for. */
export function isUnstorable(error: unknown): boolean {
  return error instanceof DatabaseError && unstorableStates.has(error.sqlState ?? '')
}

type RawError = Error & { code?: string; constraint?: string; severity?: string }

/** Turns whatever `pg` throws into a `DatabaseError`. */
export function databaseError(raw: unknown, statementName: string): DatabaseError {
  if (raw instanceof DatabaseError) return raw
  const error = raw as RawError
  const fromServer = error.severity !== undefined
  const sqlState = fromServer ? error.code : undefined
  const isConnectionLost = fromServer
    ? fatal.has(error.severity ?? '') || lostStates.test(error.code ?? '')
    : lostSystemCodes.has(error.code ?? '') || lostTexts.test(error.message)
  return new DatabaseError(`PostgreSQL could not run "${statementName}": ${safeText(error, sqlState)}`, {
    sqlState,
    constraint: error.constraint,
    isConnectionLost,
  })
}

/** Class 22 (data exceptions) quotes values in its message; the code says enough of those. */
function safeText(error: RawError, sqlState: string | undefined): string {
  if (sqlState === undefined) return error.message
  const where = error.constraint === undefined ? '' : `, constraint ${error.constraint}`
  if (sqlState.startsWith('22')) return `a value does not fit (${sqlState}${where}).`
  return `${error.message} (${sqlState}${where}).`
}
