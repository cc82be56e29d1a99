import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { Ceiling } from './ceiling.ts'
import { Commits } from './commits.ts'
import { databaseAddress } from './database-address.ts'
import { measureFanOut } from './fan-out.ts'
import { type Figures, machine } from './figures.ts'
import { measureJoins } from './joins.ts'
import type { Target } from './line.ts'
import { measureManyRooms } from './many-rooms.ts'
import { memoryOf } from './memory.ts'
import type { Options, Part } from './options.ts'
import { startOwnServer } from './own-server.ts'
import { measurePages } from './pages.ts'
import { People } from './people.ts'
import { commitsLine, fanOutLine, memoryLine, sendsLine, tableHead, timedLine } from './report.ts'
import { Sends } from './sends.ts'
import type { Timed } from './timed.ts'

/** A busy minute of the machine, or of its disk, then falls on the sends and on their yardstick alike. */
const rounds = 4

/** How long a server may settle before its memory is read: after its start, and after the load. */
const settleIdleMs = 10_000
const settleLoadedMs = 60_000

type Subject = {
  readonly url: URL
  readonly secret: string
  readonly pid: number | undefined
  readonly database: pg.ClientConfig | undefined
  stop(): Promise<void>
}

/** Measures what the options name, and shows each figure as it comes. */
export async function runBench(options: Options, show: (line: string) => void): Promise<Figures> {
  const subject = await subjectOf(options, show)
  const stopAndExit = () => void subject.stop().finally(() => process.exit(130))
  process.once('SIGINT', stopAndExit).once('SIGTERM', stopAndExit)
  try {
    return await measure(options, subject, show)
  } finally {
    process.off('SIGINT', stopAndExit).off('SIGTERM', stopAndExit)
    await subject.stop()
  }
}

async function subjectOf(options: Options, show: (line: string) => void): Promise<Subject> {
  const given = options.databaseUrl === undefined ? undefined : { connectionString: options.databaseUrl }
  if (options.url !== undefined) {
    const { url, pid, secret = '' } = options
    return { url, secret, pid, database: given, stop: async () => {} }
  }
  show('Starting a Chancery for this run …')
  const own = await startOwnServer()
  const { url, secret, pid } = own
  try {
    return { url, secret, pid, database: given ?? databaseAddress(own.dataFolder), stop: own.stop }
  } catch (error) {
    await own.stop()
    throw error
  }
}

async function measure(options: Options, subject: Subject, show: (line: string) => void): Promise<Figures> {
  const { url, secret, pid, database } = subject
  const figures: Figures = {
    ...{ machine: machine(), server: url.href, sends: [], fanOut: [], commits: [], timed: [] },
    ...{ memoryIdle: undefined, memoryAfter: undefined },
  }
  const wants = (part: Part) => options.only.has(part)
  const target = { url }
  const people = new People(target, secret)
  try {
    show(tableHead)
    if (wants('memory') && pid !== undefined) {
      await wait(settleIdleMs)
      figures.memoryIdle = memoryOf(pid)
      show(memoryLine('idle', figures.memoryIdle))
    }
    const commits = wants('commits') && database !== undefined ? new Commits(database) : undefined
    const ceiling = wants('ceiling') && database !== undefined ? new Ceiling(database) : undefined
    const sends = wants('sends') ? await Sends.prepared(target, people) : undefined
    for (let round = 0; round < rounds; round++) {
      await commits?.round(options.seconds / rounds)
      await ceiling?.round(options.seconds / rounds)
      await sends?.round(options.seconds / rounds)
    }
    figures.commits = commits?.results() ?? []
    figures.sends = sends?.results() ?? []
    for (const result of figures.commits) show(commitsLine(result))
    const ceilings = ceiling?.results() ?? []
    for (const result of ceilings) show(timedLine(result))
    for (const result of figures.sends) show(sendsLine(result))
    if (wants('fanout')) figures.fanOut = await measureFanOut(target, people, (result) => show(fanOutLine(result)))
    figures.timed = [...ceilings, ...(await measureTimed(options, target, people, show))]
  } finally {
    people.close()
  }
  if (wants('memory') && pid !== undefined) {
    await wait(settleLoadedMs)
    figures.memoryAfter = memoryOf(pid)
    show(memoryLine('after the load', figures.memoryAfter))
  }
  return figures
}

async function measureTimed(
  options: Options,
  target: Target,
  people: People,
  show: (line: string) => void,
): Promise<Timed[]> {
  const { only, rooms, members } = options
  const tell = (result: Timed) => show(timedLine(result))
  return [
    ...(only.has('rooms') ? await measureManyRooms(target, people, rooms, tell) : []),
    ...(only.has('pages') ? await measurePages(target, people, tell) : []),
    ...(only.has('joins') ? await measureJoins(target, people, members, tell) : []),
  ]
}
