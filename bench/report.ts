import type { CommitsResult } from './commits.ts'
import type { FanOutResult } from './fan-out.ts'
import type { Bar } from './figures.ts'
import type { Memory } from './memory.ts'
import type { Percentiles } from './percentiles.ts'
import type { SendsResult } from './sends.ts'
import type { Timed } from './timed.ts'

const titleWidth = 44
const rateWidth = 10

export const tableHead = `${''.padEnd(titleWidth)}${'per second'.padStart(rateWidth)}${timesHead()}`

function timesHead(): string {
  return ['p50 ms', 'p95 ms', 'p99 ms', 'max ms'].map((name) => name.padStart(rateWidth)).join('')
}

function line(title: string, perSecond: number | undefined, { p50, p95, p99, max }: Percentiles): string {
  const times = [p50, p95, p99, max].map((value) => value.toFixed(1).padStart(rateWidth)).join('')
  return `${title.padEnd(titleWidth)}${(perSecond === undefined ? '' : String(perSecond)).padStart(rateWidth)}${times}`
}

const several = (count: number, word: string) => `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`

export function sendsLine(result: SendsResult): string {
  return line(`sends, ${several(result.senders, 'sender')}, ${several(result.rooms, 'room')}`, result.perSecond, result)
}

export function fanOutLine(result: FanOutResult): string {
  return line(`one message to ${several(result.clients, 'waiting client')}`, undefined, result)
}

export function timedLine(result: Timed): string {
  return line(result.title, result.perSecond, result)
}

export function commitsLine(result: CommitsResult): string {
  const { wanted, connections } = result
  const fewer = connections === wanted ? '' : ` (of ${wanted} wanted)`
  return line(`bare commits, ${several(connections, 'connection')}${fewer}`, result.perSecond, result)
}

export function memoryLine(when: string, memory: Memory | undefined): string {
  const title = `memory ${when}`.padEnd(titleWidth)
  if (memory === undefined) return `${title}not told by this system`
  return `${title}server ${memory.serverMb} MB, PostgreSQL ${memory.postgresMb} MB (Pss)`
}

export function barLine({ title, value, wanted, holds }: Bar): string {
  const verdict = value === undefined ? 'not measured' : holds ? 'held' : 'MISSED'
  return `${verdict.padEnd(14)}${title}: ${value ?? '–'} (${wanted})`
}
