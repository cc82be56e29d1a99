import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of processor time so far. Linux only. */
export type ProcessorTime = {
  /** This process: whoever asks, and the simulator. */
  readonly load: number
  readonly servers: number
  readonly postgres: number
}

type Used = { readonly pid: number; readonly parent: number; readonly name: string; readonly ms: number }

/** Of this process and of its descendants. What ended is counted with PostgreSQL's first process alone, which waits for its own. */
export function processorTime(): ProcessorTime {
  const all = readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (usedBy(entry) ?? []) : []))
  const family = all.filter(({ parent }) => parent === process.pid)
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid))
  const { user, system } = process.cpuUsage()
  const sum = (isWanted: (one: Used) => boolean) => family.reduce((ms, one) => ms + (isWanted(one) ? one.ms : 0), 0)
  return {
    load: (user + system) / 1_000,
    servers: sum(({ name }) => !isPostgres(name)),
    postgres: sum(({ name }) => isPostgres(name)),
  }
}

/** What each of them took for one of `count`, in words. */
export function sharesOf(before: ProcessorTime, after: ProcessorTime, count: number): string {
  const each = (part: keyof ProcessorTime) => ((after[part] - before[part]) / count).toFixed(2)
  return `processor time for each: server ${each('servers')} ms, PostgreSQL ${each('postgres')} ms, load and simulator ${each('load')} ms`
}

const isPostgres = (name: string) => name.includes('postgres')
/** Of `clock_t` in /proc, on every Linux that there is. */
const tickMs = 10

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function usedBy(entry: string): Used | undefined {
  try {
    const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
    const nameEnd = stat.lastIndexOf(')')
    const fields = stat.slice(nameEnd + 2).split(' ')
    const name = stat.slice(stat.indexOf('(') + 1, nameEnd)
    // Of backends that have ended PostgreSQL's first process knows.
    const ticks = [11, 12, ...(isPostgres(name) ? [13, 14] : [])].reduce((sum, at) => sum + Number(fields[at]), 0)
    return { pid: Number(entry), parent: Number(fields[1]), name, ms: ticks * tickMs }
  } catch {
    // It ended while we looked.
    return undefined
  }
}
