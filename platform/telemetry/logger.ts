/**
 * What a line of the log may say besides its event's name. The list is closed: no field fits a token, a body, an
 * address, a name or a word that somebody wrote, so that none can get into a log by accident. People, rooms, events and
 * devices stand in it by their internal numbers.
 */
export type LogFields = {
  readonly operation?: string
  readonly method?: string
  readonly requestId?: string
  readonly status?: number
  readonly code?: string
  readonly durationMs?: number
  readonly count?: number
  readonly bytes?: number
  readonly position?: number
  readonly lag?: number
  readonly room?: number
  readonly event?: number
  readonly user?: number
  readonly session?: number
  readonly key?: number
  readonly job?: number
  readonly id?: number
  readonly attempt?: number
  readonly pid?: number
  readonly port?: number
  readonly version?: string
  readonly reader?: string
  /** Its id in the configuration. */
  readonly channel?: string
  readonly kind?: string
  readonly signal?: string
  readonly state?: string
  readonly option?: string
  /** A sentence of our own for the operator; never built from what came in. */
  readonly detail?: string
  readonly error?: unknown
}

/** Structured log. Event names are `area.what_happened`. */
export interface Logger {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** Says nothing; for tests and for parts that are used alone. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
