import type { ChannelMetrics, Postgres } from '#platform/api.ts'
import { addCounts, allCounts, type CountRow } from '../store/counts.ts'

/** What happened on each channel: told to the metrics at once, and kept in the database for all servers together. */
export class Counts {
  readonly #postgres: Postgres
  readonly #metrics: ChannelMetrics | undefined
  #fresh = new Map<string, CountRow>()

  constructor(postgres: Postgres, metrics: ChannelMetrics | undefined) {
    this.#postgres = postgres
    this.#metrics = metrics
  }

  readonly add = (channelId: string, what: string): void => {
    this.#metrics?.channelDid(channelId, what)
    const key = `${channelId} ${what}`
    this.#fresh.set(key, { channelId, what, count: (this.#fresh.get(key)?.count ?? 0) + 1 })
  }

  /** Stores what was counted since the last time. */
  async flush(): Promise<void> {
    if (this.#fresh.size === 0) return
    const rows = this.#fresh
    this.#fresh = new Map()
    try {
      await addCounts(this.#postgres, [...rows.values()])
    } catch (error) {
      for (const [key, row] of rows) {
        this.#fresh.set(key, { ...row, count: row.count + (this.#fresh.get(key)?.count ?? 0) })
      }
      throw error
    }
  }

  async all(): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
    await this.flush()
    const byChannel = new Map<string, Record<string, number>>()
    for (const { channelId, what, count } of await allCounts(this.#postgres)) {
      const counts = byChannel.get(channelId) ?? {}
      counts[what] = count
      byChannel.set(channelId, counts)
    }
    return byChannel
  }
}
