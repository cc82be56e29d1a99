import { availableParallelism, cpus, totalmem } from 'node:os'
import type { CommitsResult } from './commits.ts'
import type { FanOutResult } from './fan-out.ts'
import type { Memory } from './memory.ts'
import type { Part } from './options.ts'
import { parts } from './options.ts'
import type { SendsResult } from './sends.ts'
import type { Timed } from './timed.ts'

/** All that one run measured. */
export type Figures = {
  readonly machine: string
  readonly server: string
  sends: readonly SendsResult[]
  fanOut: readonly FanOutResult[]
  commits: readonly CommitsResult[]
  timed: readonly Timed[]
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
  /** What has to be measured for it. */
  readonly part: Part
  readonly title: string
  readonly value: number | undefined
  readonly wanted: string
  holds: boolean
}

type Limit = { atLeast: number } | { below: number }

/** The promises of the project, held against the figures of one run that was to measure these parts. */
export function bars(figures: Figures, only: ReadonlySet<Part> = new Set(parts)): Bar[] {
  return [...barsOfSends(figures), ...barsOfReading(figures)].filter(({ part }) => only.has(part))
}

function barsOfSends(figures: Figures): Bar[] {
  const many = figures.sends.find((one) => one.senders === 64 && one.rooms === 64)
  const lone = figures.sends.find((one) => one.senders === 1 && one.rooms === 1)
  const thousand = figures.fanOut.find((one) => one.clients === 1_000)
  const overMany = 'sends at 64 senders over 64 rooms ÷ commits at 64 connections'
  const ofOne = 'sends of a lone sender ÷ commits of a lone connection'
  return [
    bar('commits', overMany, ratio(many, figures, 64), { atLeast: 0.5 }),
    bar('sends', 'p99 of those sends, ms', many?.p99, { below: 100 }),
    bar('commits', ofOne, ratio(lone, figures, 1), { atLeast: 0.333 }),
    bar('fanout', 'slowest of 1,000 waiting clients, ms', thousand?.max, { below: 500 }),
    bar('memory', 'memory idle, MB', figures.memoryIdle?.serverMb, { below: 160 }),
    bar('memory', 'memory after the load, MB', figures.memoryAfter?.serverMb, { below: 250 }),
  ]
}

function barsOfReading({ timed }: Figures): Bar[] {
  const of = (what: Timed['what']) => timed.find((one) => one.what === what)
  return [
    bar('rooms', 'first sliding sync of an account in many rooms, ms', of('slidingFirst')?.max, { below: 60 }),
    bar('rooms', 'initial /sync of the same account, median ms', of('initialSync')?.p50, { below: 1_000 }),
    bar('joins', 'joining the large room, p95 ms', of('join')?.p95, { below: 150 }),
    bar('pages', 'a page of 100 messages, median ms', of('page')?.p50, { below: 10 }),
  ]
}

function bar(part: Part, title: string, value: number | undefined, limit: Limit): Bar {
  const wanted = 'below' in limit ? `below ${limit.below}` : `at least ${limit.atLeast}`
  const holds = value !== undefined && ('below' in limit ? value < limit.below : value >= limit.atLeast)
  return { part, title, value, wanted, holds }
}

function ratio(sends: SendsResult | undefined, { commits }: Figures, connections: number): number | undefined {
  const yardstick = commits.find((one) => one.wanted === connections)
  if (sends === undefined || yardstick === undefined) return undefined
  return Math.round((sends.perSecond / yardstick.perSecond) * 1_000) / 1_000
}
