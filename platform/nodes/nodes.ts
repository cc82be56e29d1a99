import type { Clock } from '../clock.ts'
import { limits } from '../limits.ts'
import { type Db, type Dedicated, type Postgres, sql, type Tx } from '../postgres/types.ts'
import type { Logger } from '../telemetry/logger.ts'

/** The servers that share a database. */
export interface Nodes {
  /** This one; another number after each start. */
  readonly id: number
  /**
   * `release` is called, in a transaction, for each server that has died: what it had in hand is others' again. That it had died is
   * found out within seconds, but it may only have lost the database for a while: whatever is released must bear being done twice.
   */
  onDeath(release: (tx: Tx, nodeId: number) => Promise<unknown>): void
  /** Says that this one lives, and looks for others that do not, until the signal. */
  run(signal: AbortSignal): Promise<void>
}

export type NodesDeps = {
  readonly postgres: Pick<Postgres, 'row' | 'rows' | 'transaction'>
  /** The connection by which the database knows that this server lives. It may serve somebody else beside. */
  readonly line: Dedicated
  readonly clock: Clock
  readonly logger: Logger
}

const lockClass = 4_801_376
const bear = sql('node_bear', 'insert into node (started_ts) values ($1) returning id')
/**
 * A session that was replaced has no lock any more, and others may have taken this server for dead. Where the database has not
 * noticed yet that the old one is gone, the next look has it.
 */
const live = sql(
  'node_live',
  `select case when current_setting('chancery.node', true) = $2::text then null
     when pg_try_advisory_lock(${lockClass}, $1) then set_config('chancery.node', $2::text, false) end`,
)
const remain = sql('node_remain', 'insert into node (id, started_ts) values ($1, $2) on conflict do nothing')
const others = sql('node_others', 'select id from node where id <> $1')
const isDead = sql('node_is_dead', `select pg_try_advisory_xact_lock(${lockClass}, $1) as dead`)
const bury = sql('node_bury', 'delete from node where id = $1')

export async function createNodes(deps: NodesDeps): Promise<Nodes> {
  const { clock, postgres, line } = deps
  const id = (await postgres.row<{ id: number }>(bear, [clock.nowMs()]))?.id ?? 0
  await line.row(live, [id, String(id)])
  return new LivingNodes(deps, id)
}

class LivingNodes implements Nodes {
  readonly id: number
  readonly #deps: NodesDeps
  readonly #releases: ((tx: Tx, nodeId: number) => Promise<unknown>)[] = []
  /** Seen without a life once: who only changes its connection is back at the next look. */
  #suspects = new Set<number>()

  constructor(deps: NodesDeps, id: number) {
    this.#deps = deps
    this.id = id
  }

  onDeath(release: (tx: Tx, nodeId: number) => Promise<unknown>): void {
    this.#releases.push(release)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#deps
    while (!signal.aborted) {
      try {
        await this.#live()
        await this.#look()
      } catch (error) {
        logger.warn('nodes.look_failed', { error })
      }
      await clock.sleep(limits.nodeLookMs, signal).catch(() => undefined)
    }
    await this.#deps.postgres.rows(bury, [this.id]).catch(() => undefined)
  }

  async #live(): Promise<void> {
    const { line, postgres, clock } = this.#deps
    await line.row(live, [this.id, String(this.id)])
    await postgres.rows(remain, [this.id, clock.nowMs()])
  }

  async #look(): Promise<void> {
    const { postgres, logger } = this.#deps
    const suspects = new Set<number>()
    for (const { id } of await postgres.rows<{ id: number }>(others, [this.id])) {
      const isBuried = await postgres.transaction((tx) => this.#buryIfDead(tx, id, suspects))
      if (isBuried) logger.info('nodes.died', { id })
    }
    this.#suspects = suspects
  }

  /** The lock that is tried is held until the end of the transaction: two that look do it one after the other. */
  async #buryIfDead(tx: Tx, id: number, suspects: Set<number>): Promise<boolean> {
    if (!(await isWithoutLife(tx, id))) return false
    if (!this.#suspects.has(id)) {
      suspects.add(id)
      return false
    }
    for (const release of this.#releases) await release(tx, id)
    await tx.run(bury, [id])
    return true
  }
}

const isWithoutLife = async (db: Db, id: number) => (await db.row<{ dead: boolean }>(isDead, [id]))?.dead === true
