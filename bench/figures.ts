import { availableParallelism, cpus, totalmem } from 'node:os'
import type { CommitsResult } from './commits.ts'
import type { FanOutResult } from './fan-out.ts'
import type { Memory } from './memory.ts'
import type { SendsResult } from './sends.ts'

/** All that one run measured. */
export type Figures = {
  readonly machine: string
  readonly server: string
  sends: readonly SendsResult[]
  fanOut: readonly FanOutResult[]
  commits: readonly CommitsResult[]
  memoryIdle: Memory | undefined
  memoryAfter: Memory | undefined
}

export function machine(): string {
  const processors = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`
  const memoryGb = Math.round(totalmem() / 2 ** 30)
  return `${processors}, ${memoryGb} GB, ${process.platform}-${process.arch}, Node.js ${process.version}`
}

/** What a run must reach, and whether it did. `value` is undefined where it was not measured. */
export type Bar = {
  readonly title: string
  readonly value: number | undefined
  readonly wanted: string
  holds: boolean
}

type Limit = { atLeast: number } | { below: number }

/** The promises of the project, held against the figures of one run. */
export function bars(figures: Figures): Bar[] {
  const many = figures.sends.find((one) => one.senders === 64 && one.rooms === 64)
  const lone = figures.sends.find((one) => one.senders === 1 && one.rooms === 1)
  return [
    bar('sends at 64 senders over 64 rooms ÷ commits at 64 connections', ratio(many, figures, 64), { atLeast: 0.5 }),
    bar('p99 of those sends, ms', many?.p99, { below: 100 }),
    bar('sends of a lone sender ÷ commits of a lone connection', ratio(lone, figures, 1), { atLeast: 0.333 }),
    bar('slowest of 1,000 waiting clients, ms', figures.fanOut.find((one) => one.clients === 1_000)?.max, {
      below: 500,
    }),
    bar('memory idle, MB', figures.memoryIdle?.serverMb, { below: 160 }),
    bar('memory after the load, MB', figures.memoryAfter?.serverMb, { below: 250 }),
  ]
}

function bar(title: string, value: number | undefined, limit: Limit): Bar {
  const wanted = 'below' in limit ? `below ${limit.below}` : `at least ${limit.atLeast}`
  const holds = value !== undefined && ('below' in limit ? value < limit.below : value >= limit.atLeast)
  return { title, value, wanted, holds }
}

function ratio(sends: SendsResult | undefined, { commits }: Figures, connections: number): number | undefined {
  const yardstick = commits.find((one) => one.wanted === connections)
  if (sends === undefined || yardstick === undefined) return undefined
  return Math.round((sends.perSecond / yardstick.perSecond) * 1_000) / 1_000
}
