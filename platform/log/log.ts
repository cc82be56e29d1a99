/**
 * The log and its followers.
 *
 * A *follower* lives in memory and starts at the newest position: the tail that sync answers from. A *reader* is durable: it has a
 * name and a stored position, sees every row exactly once in order (its handler and its position are one transaction)
 * and, when its handler fails, stops itself and nobody else.
 *
 * How a row reaches a follower:
 * 1. Whoever committed it on this node announces it. When it directly follows the last row that was delivered, it is
 *    delivered at once, without asking the database.
 * 2. Otherwise, or on a notice from another node, the rows since the last delivered one are read from the database.
 * Positions appear in order, so nothing can be skipped; a notice that is lost only costs time until the next look.
 */
import type { Clock } from '../clock.ts'
import type { Postgres, Tx } from '../postgres/types.ts'
import type { Random } from '../random.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LogDraft, LogRow } from './kinds.ts'
import { createReader, type Reader, type ReaderHandler, type ReaderOptions } from './reader.ts'
import { appendRows, newestPosition, readRows } from './store.ts'

const channel = 'chancery_log'
const pageRows = 500
const lookAgainMs = 5_000
const noticeGapMs = 20

export interface LogFollower {
  /** Called with consecutive rows, in order, after their commit. Must not throw and must not wait. */
  deliver(rows: readonly LogRow[], facts: ReadonlyMap<number, unknown>): void
}

export interface Log {
  /** Appends rows in the caller's transaction, as its last statement; the positions follow each other from `first`. */
  append(tx: Tx, drafts: readonly LogDraft[]): Promise<LogRow[]>
  /**
   * Tells the followers of rows that this node has committed. `facts` may hold, by position, what the writer
   * already knows of a row, so that followers need not read it back.
   */
  announce(rows: readonly LogRow[], facts?: ReadonlyMap<number, unknown>): void
  /** The position up to which followers have been told. */
  position(): number
  follow(follower: LogFollower): void
  /** Starts a durable reader; it begins at position 0 the first time. */
  read(name: string, handler: ReaderHandler, options?: ReaderOptions): Reader
  /** The moment up to which, at least, this node has heard of everything that was committed. Milliseconds since 1970. */
  knownUpToMs(): number
  /** Tells the followers of everything that is committed now; resolves with the position that was reached. */
  reachNewest(): Promise<number>
  close(): Promise<void>
}

type Deps = { postgres: Postgres; clock: Clock; random: Random; logger: Logger }

class DatabaseLog implements Log {
  readonly #deps: Deps
  readonly #followers: LogFollower[] = []
  readonly #readers: Reader[] = []
  readonly #stopping = new AbortController()
  #delivered: number
  #catchingUp: Promise<void> | undefined
  #lookAgain = false
  #telling = false
  #toTell = false
  #knownUpToMs = 0
  readonly #node: string
  #stopListening: (() => Promise<void>) | undefined

  constructor(deps: Deps, delivered: number) {
    this.#deps = deps
    this.#delivered = delivered
    this.#node = deps.random.token(6)
  }

  async append(tx: Tx, drafts: readonly LogDraft[]): Promise<LogRow[]> {
    const first = await appendRows(tx, drafts)
    return drafts.map((draft, n) => ({ ...draft, position: first + n }))
  }

  announce(rows: readonly LogRow[], facts: ReadonlyMap<number, unknown> = new Map()): void {
    const first = rows[0]
    if (first === undefined) return
    if (first.position === this.#delivered + 1 && this.#catchingUp === undefined) this.#deliver(rows, facts)
    else this.#catchUp()
    this.#tellOthers()
  }

  position(): number {
    return this.#delivered
  }

  follow(follower: LogFollower): void {
    this.#followers.push(follower)
  }

  read(name: string, handler: ReaderHandler, options?: ReaderOptions): Reader {
    const reader = createReader({ ...this.#deps, name, handler, options })
    this.#readers.push(reader)
    return reader
  }

  knownUpToMs(): number {
    return this.#knownUpToMs
  }

  async reachNewest(): Promise<number> {
    const askedMs = this.#deps.clock.nowMs()
    const newest = await newestPosition(this.#deps.postgres)
    while (this.#delivered < newest && !this.#stopping.signal.aborted) {
      this.#catchUp()
      await this.#catchingUp
    }
    if (this.#delivered >= newest) this.#knownUpToMs = Math.max(this.#knownUpToMs, askedMs)
    return this.#delivered
  }

  async listen(): Promise<void> {
    this.#stopListening = await this.#deps.postgres.listen(channel, (node) => {
      if (node !== this.#node) this.#catchUp()
    })
    void this.#lookNowAndThen()
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#stopListening?.()
    await this.#catchingUp
    await Promise.all(this.#readers.map((reader) => reader.stop()))
  }

  #deliver(rows: readonly LogRow[], facts: ReadonlyMap<number, unknown>): void {
    const last = rows.at(-1)
    if (last === undefined) return
    this.#delivered = last.position
    for (const follower of this.#followers) follower.deliver(rows, facts)
    for (const reader of this.#readers) reader.wake()
  }

  /** One notice is on its way at most; what is committed meanwhile shares the next. */
  #tellOthers(): void {
    this.#toTell = true
    if (this.#telling) return
    this.#telling = true
    this.#toTell = false
    void this.#deps.postgres
      .notify(channel, this.#node)
      .catch(() => undefined)
      .then(() => this.#deps.clock.sleep(noticeGapMs, this.#stopping.signal).catch(() => undefined))
      .then(() => {
        this.#telling = false
        if (this.#toTell && !this.#stopping.signal.aborted) this.#tellOthers()
      })
  }

  #catchUp(): void {
    this.#lookAgain = true
    this.#catchingUp ??= this.#readOn().finally(() => {
      this.#catchingUp = undefined
      if (this.#lookAgain && !this.#stopping.signal.aborted) this.#catchUp()
    })
  }

  async #readOn(): Promise<void> {
    try {
      for (;;) {
        this.#lookAgain = false
        const askedMs = this.#deps.clock.nowMs()
        const rows = await readRows(this.#deps.postgres, this.#delivered, pageRows)
        this.#deliver(rows, new Map())
        if (rows.length < pageRows) this.#knownUpToMs = Math.max(this.#knownUpToMs, askedMs)
        if (rows.length < pageRows && !this.#lookAgain) return
      }
    } catch (error) {
      this.#deps.logger.warn('log.catch_up_failed', { error })
      await this.#deps.clock.sleep(250, this.#stopping.signal).catch(() => undefined)
      this.#lookAgain = true
    }
  }

  async #lookNowAndThen(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#deps.clock.sleep(lookAgainMs, this.#stopping.signal).catch(() => undefined)
      if (!this.#stopping.signal.aborted) this.#catchUp()
    }
  }
}

/** Opens the log at its newest position. */
export async function createLog(deps: Deps): Promise<Log> {
  const log = new DatabaseLog(deps, await newestPosition(deps.postgres))
  await log.listen()
  return log
}
