import type { Clock } from '../clock.ts'
import { isLost } from '../postgres/errors.ts'
import type { Postgres, Tx } from '../postgres/types.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LogRow } from './kinds.ts'
import { placeReader, readRows, storedPosition, storeFailure, storePosition, takeReader } from './store.ts'

const pageRows = 200
/** How soon a node looks again after another one that was at work on the same reader. */
const otherNodeMs = 500

export type ReaderOptions = {
  /** After it has heard of a row it waits so long for more, unless somebody waits for it; 0 by default. */
  readonly gatherMs?: number
}

/** Handles consecutive rows inside the transaction that also stores the reader's position. */
export type ReaderHandler = (rows: readonly LogRow[], tx: Tx) => Promise<void>

export interface Reader {
  readonly name: string
  /** Undefined while it works; otherwise the position at which it stopped itself. */
  failedAt(): number | undefined
  /** The position up to which everything is handled and stored. */
  position(): number
  wake(): void
  /** Resolves when everything up to the position given is handled, or the reader has failed. */
  reached(position: number): Promise<void>
  stop(): Promise<void>
}

type Deps = {
  postgres: Postgres
  clock: Clock
  logger: Logger
  name: string
  handler: ReaderHandler
  options?: ReaderOptions | undefined
}

/**
 * Every node that has the reader runs it, and one is at work at a time: whoever holds its row. What another node has handled
 * is passed over.
 */
class StoredReader implements Reader {
  readonly name: string
  readonly #deps: Deps
  #position = 0
  /** Whether `#position` is what is stored. */
  #isPlaced = false
  #failedAt: number | undefined
  #awake = true
  #stopped = false
  #running: Promise<void>
  #nudge: (() => void) | undefined
  /** Ends a pause before its time. */
  #hurry: (() => void) | undefined
  #waiting: { position: number; resolve: () => void }[] = []

  constructor(deps: Deps) {
    this.name = deps.name
    this.#deps = deps
    this.#running = this.#run()
  }

  failedAt(): number | undefined {
    return this.#failedAt
  }

  position(): number {
    return this.#position
  }

  wake(): void {
    this.#awake = true
    this.#nudge?.()
  }

  reached(position: number): Promise<void> {
    if (this.#position >= position || this.#failedAt !== undefined) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push({ position, resolve })
      this.#hurry?.()
      this.wake()
    })
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#hurry?.()
    this.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.#failedAt === undefined) {
      try {
        if (!this.#isPlaced) await this.#place()
        if (!(await this.#page())) await this.#rest()
      } catch (error) {
        await this.#recover(error)
      }
    }
    this.#release()
  }

  async #place(): Promise<void> {
    await placeReader(this.#deps.postgres, this.name)
    this.#position = (await storedPosition(this.#deps.postgres, this.name)) ?? 0
    this.#isPlaced = true
    this.#release()
  }

  /** Handles one page of rows, or learns how far another node has come. True when there is more to do at once. */
  async #page(): Promise<boolean> {
    this.#awake = false
    const rows = await readRows(this.#deps.postgres, this.#position, pageRows)
    const last = rows.at(-1)
    if (last === undefined) return false
    const handled = await this.#deps.postgres.transaction(async (tx) => {
      const stored = await takeReader(tx, this.name)
      if (stored !== this.#position) return false
      await this.#deps.handler(rows, tx)
      await storePosition(tx, this.name, last.position)
      return true
    })
    if (handled) this.#position = last.position
    else await this.#overtaken()
    this.#release()
    return !handled || rows.length === pageRows
  }

  async #overtaken(): Promise<void> {
    const before = this.#position
    this.#position = (await storedPosition(this.#deps.postgres, this.name)) ?? 0
    if (this.#position === before) await this.#pause(otherNodeMs)
  }

  async #rest(): Promise<void> {
    if (!this.#awake && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#nudge = resolve
      })
      this.#nudge = undefined
    }
    const { gatherMs = 0 } = this.#deps.options ?? {}
    if (gatherMs > 0 && this.#waiting.length === 0) await this.#pause(gatherMs)
  }

  async #pause(ms: number): Promise<void> {
    const over = new AbortController()
    this.#hurry = () => over.abort()
    if (!this.#stopped) await this.#deps.clock.sleep(ms, over.signal).catch(() => undefined)
    this.#hurry = undefined
  }

  /**
   * A lost connection is waited out, and the position is read again: the page whose COMMIT had no answer may be stored,
   * and would be handled twice. Anything else is a row that this reader cannot handle, and it stops there.
   */
  async #recover(error: unknown): Promise<void> {
    if (isLost(error)) {
      this.#isPlaced = false
      await this.#deps.clock.sleep(500)
      return
    }
    this.#failedAt = this.#position
    this.#deps.logger.error('log.reader_stopped', { reader: this.name, position: this.#position, error })
    await storeFailure(this.#deps.postgres, this.name, this.#position, kindOf(error)).catch(() => undefined)
  }

  #release(): void {
    const over = this.#stopped || this.#failedAt !== undefined
    const ready = this.#waiting.filter((wait) => over || wait.position <= this.#position)
    this.#waiting = this.#waiting.filter((wait) => !ready.includes(wait))
    for (const wait of ready) wait.resolve()
  }
}

/** Only the kind of the failure is stored: a message could hold what somebody wrote. */
function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown'
}

/** Starts a durable reader of the log. */
export function createReader(deps: Deps): Reader {
  return new StoredReader(deps)
}
