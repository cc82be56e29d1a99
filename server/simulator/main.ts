/**
 * `node server/simulator/main.ts --journal FILE [--port 8009] [--smtp-port 0] [--seed 1]`: the simulator as a process of its own, on the
 * loopback address. Ends on a signal; killed at any moment, it goes on from its journal. See docs/guides/simulator.md.
 */
import { parseArgs } from 'node:util'
import { startSimulator } from './start-simulator.ts'

const usage = 'node server/simulator/main.ts --journal FILE [--port 8009] [--smtp-port 0] [--seed 1]\n'

function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
}

async function main(): Promise<number> {
  const options = {
    journal: { type: 'string' },
    port: { type: 'string' },
    'smtp-port': { type: 'string' },
    seed: { type: 'string' },
  } as const
  const { values } = parseArgs({ options })
  const [port, smtpPort] = [wholeNumber(values.port ?? '8009'), wholeNumber(values['smtp-port'] ?? '0')]
  const seed = wholeNumber(values.seed ?? '1')
  if (values.journal === undefined || !(port <= 65_535) || !(smtpPort <= 65_535) || Number.isNaN(seed)) {
    process.stderr.write(usage)
    return 64
  }
  const running = await startSimulator({ port, smtpPort, journalFile: values.journal, seed })
  process.stdout.write(`The simulator runs at ${running.url}\n`)
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await running.stop()
  return 0
}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  return 1
})
