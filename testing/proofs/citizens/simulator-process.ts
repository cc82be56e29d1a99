import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '#bench/own-server.ts'

const program = join(import.meta.dirname, '..', '..', '..', 'server', 'simulator', 'main.ts')
const readyMs = 30_000

/** The providers and the citizens as a process that can be killed, and goes on from its journal. */
export class SimulatorProcess {
  /** Where its journal is. */
  readonly folder: string
  readonly #port: number
  readonly #smtpPort: number
  readonly #seed: number
  #child: ChildProcess | undefined

  private constructor(folder: string, ports: readonly [number, number], seed: number) {
    this.folder = folder
    this.#port = ports[0]
    this.#smtpPort = ports[1]
    this.#seed = seed
  }

  static async make(seed: number): Promise<SimulatorProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'chancery-simulator-'))
    return new SimulatorProcess(folder, [await freePort(), await freePort()], seed % 1_000_000_000)
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get smtpPort(): number {
    return this.#smtpPort
  }

  async start(): Promise<void> {
    const ports = ['--port', String(this.#port), '--smtp-port', String(this.#smtpPort)]
    const options = ['--journal', join(this.folder, 'journal'), ...ports, '--seed', String(this.#seed)]
    this.#child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'ignore', 'inherit'] })
    const untilMs = performance.now() + readyMs
    while (performance.now() < untilMs) {
      const isReady = await this.ask('GET', '/simulator/state').catch(() => undefined)
      if (isReady !== undefined) return
      await wait(25)
    }
    throw new Error('The simulator did not become ready.')
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<any> {
    const request = { method, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const answer = await fetch(this.url + path, { ...request, signal: AbortSignal.timeout(20_000) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }

  async dispose(): Promise<void> {
    await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }
}
