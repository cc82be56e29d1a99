import { createSimulator, type Simulator } from '#channels/index.ts'
import { type Clock, type Outbound, systemClock } from '#platform/api.ts'
import { createHttp, createMovableClock, createOutbound, openJournal, systemSmtp } from '#platform/index.ts'

export interface RunningSimulator {
  readonly simulator: Simulator
  /** Where it is reached, without a slash at its end. */
  readonly url: string
  stop(): Promise<void>
}

/** The simulator behind HTTP on the loopback address. Port 0 takes a free one. */
export async function startSimulator(options: {
  readonly port: number
  /** Of its mail relay; a free one by default. */
  readonly smtpPort?: number | undefined
  /** Where it remembers; what is in there goes on. */
  readonly journalFile: string
  readonly seed: number
  /** The world's by default. */
  readonly clock?: Clock
  /** Where a URL that is signed and called is really reached. */
  readonly reach?: (url: string) => string
}): Promise<RunningSimulator> {
  const { journal, entries } = await openJournal(options.journalFile)
  const clock = createMovableClock(options.clock ?? systemClock)
  const outbound = createOutbound({ allowedOrigins: 'all' })
  const { reach = (url: string) => url } = options
  const calls: Outbound = {
    request: (wish) => outbound.request({ ...wish, url: reach(wish.url) }),
    close: () => outbound.close(),
  }
  let url = ''
  const simulator = createSimulator({
    clock,
    seed: options.seed,
    journal,
    entries,
    outbound: calls,
    smtp: systemSmtp,
    baseUrl: () => url,
  })
  const http = createHttp({ gate: { admit: async () => undefined }, clock, rateLimits: false })
  http.add(simulator.routes)
  const running = new AbortController()
  try {
    const { port } = await http.listen('127.0.0.1', options.port)
    url = `http://127.0.0.1:${port}`
    await simulator.mail.open(options.smtpPort ?? 0)
  } catch (error) {
    await http.close()
    await journal.close()
    throw error
  }
  const work = simulator.run(running.signal)
  return {
    simulator,
    url,
    async stop() {
      running.abort()
      await work
      await simulator.mail.close()
      await http.close()
      outbound.close()
      await journal.close()
    },
  }
}
