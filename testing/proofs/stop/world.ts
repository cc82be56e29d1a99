import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Line } from '#bench/line.ts'
import { freePort } from '#bench/own-server.ts'
import { CitizenOffice, officeNumber } from '#testing/citizen-office.ts'
import { testPostgresVariable } from '#testing/database.ts'
import { startTestPostgres } from '#testing/postgres-setup.ts'
import type { Seeded } from '../seeded.ts'
import type { ServerOrders } from './server.ts'

/** A citizen of the proof; `saidStop` is when she handed it to her provider. */
export type Citizen = { readonly number: string; readonly personId: string; saidStop: boolean }

/** A server that can be killed and comes back at the same address. */
export class Victim {
  readonly #orders: ServerOrders
  #child: ChildProcess | undefined
  isReady = false

  constructor(orders: ServerOrders) {
    this.#orders = orders
  }

  get url(): string {
    return `http://127.0.0.1:${this.#orders.port}`
  }

  start(): Promise<void> {
    const program = join(import.meta.dirname, 'server.ts')
    const child = fork(program, [JSON.stringify(this.#orders)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child = child
    return new Promise((resolve, reject) => {
      child.once('message', () => {
        this.isReady = true
        resolve()
      })
      child.once('exit', (code) => reject(new Error(`A server ended before it was ready (${code}).`)))
    })
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.isReady = false
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}

export type WorldSize = { readonly citizens: number; readonly servers: number }

/** Citizens with consent to one purpose, the simulator, and servers on one database. */
export class StopWorld {
  readonly office: CitizenOffice
  /** What all of them agreed to, and are told about. */
  readonly purpose: string
  readonly citizens: readonly Citizen[]
  readonly victims: readonly Victim[]
  readonly token: string
  /** Connections on which nothing is asked, by server. */
  readonly #lines = new Map<string, Line[]>()

  private constructor(
    office: CitizenOffice,
    purpose: string,
    citizens: readonly Citizen[],
    victims: readonly Victim[],
  ) {
    this.office = office
    this.purpose = purpose
    this.citizens = citizens
    this.victims = victims
    this.token = office.clerk.token
  }

  static async make({ citizens: citizenCount, servers }: WorldSize, folder: string): Promise<StopWorld> {
    const office = await CitizenOffice.open({ rateLimits: false })
    const purpose = await office.purpose('floods')
    const citizens: Citizen[] = []
    for (let n = 0; n < citizenCount; n++) {
      const number = `+49151${String(20_000_000 + n)}`
      citizens.push({ number, personId: await office.citizen(number, [purpose]), saidStop: false })
    }
    const { address } = office.town.database
    const { channels } = office
    const victims: Victim[] = []
    for (let n = 0; n < servers; n++) {
      // A folder of files serves one process.
      const own = join(folder, String(n))
      victims.push(new Victim({ address, folder: own, channels, port: await freePort() }))
    }
    const world = new StopWorld(office, purpose, citizens, victims)
    office.simulator.reach({
      get url() {
        return world.anyUrl()
      },
    })
    return world
  }

  /** The simulator and the setup stay; the town that made the citizens makes room for the servers. */
  async begin(weather: object = trouble): Promise<void> {
    await this.office.town.stop()
    await Promise.all(this.victims.map((victim) => victim.start()))
    await this.office.simulator.ask('POST', '/simulator/weather', weather)
  }

  /** Of a server that answers; of a dead one where none does. */
  anyUrl(pick = 0): string {
    const ready = this.victims.filter(({ isReady }) => isReady)
    return (ready[pick % Math.max(ready.length, 1)] ?? this.victims[0])?.url ?? ''
  }

  async end(): Promise<void> {
    for (const lines of this.#lines.values()) for (const line of lines) line.close()
    await Promise.all(this.victims.map((victim) => victim.kill()))
    await this.office[Symbol.asyncDispose]()
  }

  /** Asks a server to send; answers its status. `n` makes the request one of its own. */
  async send(personId: string, body: string, n: number): Promise<number> {
    const url = this.anyUrl(n)
    const request = JSON.stringify({ personId, purposeId: this.purpose, body })
    const head = [
      'POST /api/v1/sends HTTP/1.1',
      `Host: ${new URL(url).host}`,
      `Authorization: Bearer ${this.token}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(request)}`,
      `Idempotency-Key: n${n}`,
    ]
    const free = this.#lines.get(url) ?? []
    this.#lines.set(url, free)
    const bytes = `${head.join('\r\n')}\r\n\r\n${request}`
    const used = free.pop()
    // A connection that lay idle may be closed while it is written to: the key makes it one request.
    const again = used === undefined ? undefined : await ask(used, bytes, free).catch(() => undefined)
    return again ?? ask(new Line({ url: new URL(url) }), bytes, free)
  }

  stop({ number }: Citizen): Promise<string> {
    return this.office.simulator.text(number, officeNumber, 'STOP')
  }
}

async function ask(line: Line, bytes: string, free: Line[]): Promise<number> {
  const { status } = await line.request(bytes)
  free.push(line)
  return status
}

const trouble = {
  throttle: 0.001,
  error: 0.01,
  timeout: 0.005,
  undelivered: 0.03,
  outOfOrder: 0.2,
  duplicate: 0.1,
  afterMsMax: 500,
}

/** Waits between events that come `perSecond` on average, at random. */
export const pauseMs = (random: Seeded, perSecond: number) => (-Math.log(1 - random.fraction()) * 1_000) / perSecond

/** With a database of its own where the tests' is not running. */
export async function inStopWorld<T>(size: WorldSize, work: (world: StopWorld) => Promise<T>): Promise<T> {
  const postgres = process.env[testPostgresVariable] === undefined ? await startTestPostgres() : undefined
  const folder = await mkdtemp(join(tmpdir(), 'chancery-stop-'))
  try {
    const world = await StopWorld.make(size, folder)
    try {
      return await work(world)
    } finally {
      await world.end()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
    await postgres?.stop()
  }
}
