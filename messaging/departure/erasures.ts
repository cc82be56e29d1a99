import { type Clock, type Db, type Log, limits, logKinds, type Postgres, Recent } from '#platform/api.ts'
import { anyErasure, erasedInRoom, insertErasure } from '../store/erasures.ts'
import type { TailEntry, TailListener } from '../sync/tail.ts'

type Deps = { db: Db; postgres: Postgres; log: Pick<Log, 'append' | 'announce'>; clock: Clock }

const nobody: ReadonlySet<string> = new Set()

/**
 * People who asked to be erased. What they said is shown as if it were redacted to whoever was not in the room when they said
 * it; `events/visibility.ts` does so. The log tells every node of a new one.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountdeactivate
 */
export class Erasures implements TailListener {
  readonly #deps: Deps
  readonly #rooms = new Recent<number, ReadonlySet<string>>(limits.erasuresInMemoryMax)
  /** Mostly there is none, and nothing more need be asked. */
  #areThere: boolean | undefined
  #changes = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** The Matrix ids of the erased among those who ever had to do with the room. */
  async inRoom(roomId: number): Promise<ReadonlySet<string>> {
    if (this.#areThere === false) return nobody
    const known = this.#rooms.get(roomId)
    if (known !== undefined) return known
    const { db } = this.#deps
    const before = this.#changes
    if (this.#areThere === undefined) {
      const areThere = await anyErasure(db)
      if (before === this.#changes) this.#areThere = areThere
      if (!areThere) return nobody
    }
    const found = await erasedInRoom(db, roomId)
    const erased = found.length === 0 ? nobody : new Set(found)
    // Whoever was erased while this was read would be missing for good.
    if (before === this.#changes) this.#rooms.set(roomId, erased)
    return erased
  }

  async add(userId: number): Promise<void> {
    const { postgres, log, clock } = this.#deps
    const rows = await postgres.transaction(async (tx) => {
      if (!(await insertErasure(tx, userId, clock.nowMs()))) return []
      return log.append(tx, [{ kind: logKinds.erasure, roomId: null, userId, reference: userId }])
    })
    if (rows.length === 0) return
    this.#changed()
    log.announce(rows)
  }

  onEntries(entries: readonly TailEntry[]): void {
    if (entries.some((entry) => entry.kind === 'erasure')) this.#changed()
  }

  #changed(): void {
    this.#changes += 1
    this.#areThere = undefined
    this.#rooms.clear()
  }
}
