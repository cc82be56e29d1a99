import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type pg from 'pg'
import { inOwnDatabase } from './commits.ts'
import { Line, type Target } from './line.ts'
import { sendRequest } from './people.ts'
import { Rate } from './rate.ts'
import type { Timed } from './timed.ts'

const senders = 64
const warmUpMs = 1_000
const nobody = { userId: '@nobody:example', token: 'x'.repeat(40) }
const text = 'The bridge at Harbour Street is closed until further notice; take the ring road and check the desk.'

/**
 * What no server in Node.js could exceed while client, server and database share the processors: the same requests to a server
 * that does nothing, and to one that does nothing but commit a row for each.
 */
export class Ceiling {
  readonly #database: pg.ClientConfig
  readonly #empty = new Rate()
  readonly #committing = new Rate()

  constructor(database: pg.ClientConfig) {
    this.#database = database
  }

  async round(seconds: number): Promise<void> {
    await measure([], seconds, this.#empty)
    await inOwnDatabase(this.#database, (address) => measure([JSON.stringify(address)], seconds, this.#committing))
  }

  results(): Timed[] {
    return [
      { what: 'empty', title: `empty HTTP server, ${senders} senders`, ...this.#empty.result() },
      { what: 'committing', title: `HTTP server of bare commits, ${senders} senders`, ...this.#committing.result() },
    ]
  }
}

async function measure(database: readonly string[], seconds: number, rate: Rate): Promise<void> {
  const program = join(import.meta.dirname, 'ceiling-server.ts')
  const child = spawn(process.execPath, [program, ...database], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()))
      child.once('exit', () => reject(new Error('The server that does nothing did not start.')))
    })
    const target = { url: new URL(`http://127.0.0.1:${port}`) }
    await send(target, warmUpMs)
    const startMs = performance.now()
    rate.add(await send(target, seconds * 1_000), performance.now() - startMs)
  } finally {
    child.stdin.end()
    await ended
  }
}

async function send(target: Target, forMs: number): Promise<number[]> {
  const times: number[] = []
  const untilMs = performance.now() + forMs
  const request = sendRequest(target, nobody, '!room:example')
  await Promise.all(
    Array.from({ length: senders }, async () => {
      const line = new Line(target)
      while (performance.now() < untilMs) {
        const sentMs = performance.now()
        const { status, body } = await line.request(request(`t${times.length}`, text))
        if (status !== 200) throw new Error(`The server that does nothing answered ${status}: ${body}`)
        times.push(performance.now() - sentMs)
      }
      line.close()
    }),
  )
  return times
}
