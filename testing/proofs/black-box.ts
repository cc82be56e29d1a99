import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { databaseAddress } from '#bench/database-address.ts'
import { freePort, serverCommand, serverEnvironment } from '#bench/own-server.ts'
import type { Process } from '#bench/processes.ts'
import { killAll, processesOf } from './processes.ts'

export type Victim = 'server' | 'postmaster' | 'backend' | 'everything'

export type Account = { readonly userId: string; readonly token: string; readonly password: string }

export type Answer = { readonly status: number; readonly body: Buffer; json<T = Record<string, any>>(): T }

export type Ask = {
  token?: string
  body?: unknown
  /** Sent as they are, instead of `body`. */
  bytes?: Buffer
  contentType?: string
  timeoutMs?: number
  /** Makes a repeat known: the header Idempotency-Key. */
  key?: string
}

/** The server said no: it understood, and will not. Trying again is of no use. */
export class Refused extends Error {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

const logKeptChars = 200_000
const stopLimitMs = 15_000

/**
 * One Chancery as a stranger sees it: a folder, a process and a port. It is started as `npm start` would start it, asked
 * over its public API alone, and killed without a warning.
 */
export class BlackBox {
  /** The data directory, its key, and temporary files. */
  readonly folder: string
  readonly dataFolder: string
  readonly port: number
  readonly #secret = randomBytes(12).toString('hex')
  readonly #options: readonly string[]
  readonly #environment: NodeJS.ProcessEnv
  #child: ChildProcess | undefined
  #exited: Promise<void> = Promise.resolve()
  log = ''

  private constructor(folder: string, port: number, options: readonly string[], environment: NodeJS.ProcessEnv) {
    this.folder = folder
    this.dataFolder = join(folder, 'data')
    this.port = port
    this.#options = options
    this.#environment = environment
  }

  /** Nothing runs yet; `start` does that. */
  static async make(options: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<BlackBox> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'chancery-proof-')))
    mkdirSync(join(folder, 'temporary'))
    return new BlackBox(folder, await freePort(), options, environment)
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('No server was started.')
    return this.#child.pid
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Starts the process and does not wait for more. */
  spawn(): void {
    const options = ['--data', this.dataFolder, '--port', String(this.port), '--rate-limits', 'off', ...this.#options]
    const child = spawn(
      process.execPath,
      [...serverCommand(), ...options, '--registration-shared-secret', this.#secret],
      {
        cwd: join(import.meta.dirname, '..', '..'),
        env: serverEnvironment({ TMPDIR: join(this.folder, 'temporary'), ...this.#environment }),
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      },
    )
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        this.log = (this.log + bytes).slice(-logKeptChars)
      })
    }
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()))
    this.#child = child
  }

  async start(limitMs = 90_000): Promise<void> {
    this.spawn()
    await this.ready(limitMs)
  }

  async ready(limitMs = 90_000): Promise<void> {
    const untilMs = performance.now() + limitMs
    while (performance.now() < untilMs) {
      if (!this.isRunning) throw new Error(`The server ended before it was ready:\n${this.log.slice(-2_000)}`)
      const answer = await this.ask('GET', '/_matrix/client/versions', { timeoutMs: 2_000 }).catch(() => undefined)
      if (answer?.status === 200) return
      await wait(25)
    }
    throw new Error(`The server was not ready in ${limitMs / 1000} seconds:\n${this.log.slice(-2_000)}`)
  }

  /** Resolves when the process has ended, false when it still lives at the end of the time. */
  async ended(withinMs: number): Promise<boolean> {
    return Promise.race([this.#exited.then(() => true), wait(withinMs, false)])
  }

  /** Asks it to stop. False: it did not, and was killed. */
  async stop(): Promise<boolean> {
    if (this.isRunning) this.#child?.kill('SIGTERM')
    const inTime = await this.ended(stopLimitMs)
    await killAll(this.#processes())
    return inTime
  }

  /** Kills what is left and takes the folder away. */
  async dispose(): Promise<void> {
    await killAll(this.#processes())
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** kill -9. `choose` picks among several possible victims. */
  async kill(
    victim: Victim,
    choose: (from: readonly Process[]) => Process = ([first]) => first as Process,
  ): Promise<void> {
    const all = this.#processes()
    const postgres = all.filter(({ name }) => name === 'postgres')
    const backends = postgres.filter(({ parent }) => postgres.some(({ pid }) => pid === parent))
    const victims = {
      server: () => all.filter(({ name }) => name !== 'postgres'),
      postmaster: () => postgres.filter((one) => !backends.includes(one)),
      backend: () => (backends.length > 0 ? [choose(backends)] : []),
      everything: () => all,
    }[victim]()
    await killAll(victims)
    if (victim === 'server' || victim === 'everything') await this.#exited
  }

  #processes(): Process[] {
    return processesOf(this.dataFolder, this.isRunning ? this.#child?.pid : undefined)
  }

  /** A connection to the PostgreSQL that it runs itself, as the one who owns it. */
  async database(name = 'chancery'): Promise<pg.Client> {
    const client = new pg.Client({ ...databaseAddress(this.dataFolder), database: name })
    client.on('error', () => {})
    await client.connect()
    return client
  }

  async ask(
    method: string,
    path: string,
    { token, body, bytes, contentType, timeoutMs = 20_000, key }: Ask = {},
  ): Promise<Answer> {
    const sent = bytes ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sent !== undefined && { 'content-type': contentType ?? 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(sent !== undefined && { body: sent as NonNullable<RequestInit['body']> }),
    })
    const received = Buffer.from(await response.arrayBuffer())
    return { status: response.status, body: received, json: () => JSON.parse(received.toString()) }
  }

  /** The answer's JSON. Throws `Refused` for a 4xx, and another error where trying again may help. */
  async ok<T = Record<string, any>>(method: string, path: string, ask: Ask = {}): Promise<T> {
    const answer = await this.ask(method, path, ask)
    if (answer.status < 300) return answer.json<T>()
    const message = `${method} ${path} was answered ${answer.status}: ${answer.body.toString().slice(0, 300)}`
    throw answer.status < 500 ? new Refused(message, answer.status) : new Error(message)
  }

  async account(role: 'admin' | 'notadmin' = 'notadmin'): Promise<Account> {
    const path = '/_synapse/admin/v1/register'
    const { nonce } = await this.ok<{ nonce: string }>('GET', path)
    const username = `p${randomBytes(5).toString('hex')}`
    const password = `Correct-horse-${randomBytes(6).toString('hex')}`
    const text = [nonce, username, password, role].join('\0')
    const mac = createHmac('sha1', this.#secret).update(text).digest('hex')
    const body = { nonce, username, password, mac, admin: role === 'admin' }
    const made = await this.ok('POST', path, { body })
    return { userId: made.user_id, token: made.access_token, password }
  }

  async room({ token }: Account, body: Record<string, unknown> = { preset: 'public_chat' }): Promise<string> {
    return (await this.ok('POST', '/_matrix/client/v3/createRoom', { token, body })).room_id
  }

  async join({ token }: Account, roomId: string): Promise<void> {
    await this.ok('POST', `/_matrix/client/v3/join/${encodeURIComponent(roomId)}`, { token, body: {} })
  }

  async send(
    { token }: Account,
    roomId: string,
    transaction: string,
    body: unknown,
    timeoutMs = 20_000,
  ): Promise<string> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${transaction}`
    return (await this.ok('PUT', path, { token, body, timeoutMs })).event_id
  }
}
