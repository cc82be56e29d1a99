import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { InteropClient } from './client.ts'

const errorsKeptChars = 4_000
const answerLimitMs = 60_000

type Answer = { readonly [key: string]: any }

/**
 * A client in a process of its own and another language. It reads one order a line, as JSON `{"do": …}`, and writes one
 * answer a line: `{"error": "…"}`, or what the order asks for.
 */
export class Puppet implements InteropClient {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = []
  #errors = ''
  userId = ''

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr.on('data', (bytes) => {
      this.#errors = (this.#errors + bytes).slice(-errorsKeptChars)
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line))
    })
    this.#child.on('error', (error) => this.#end(error))
    this.#child.on('exit', () => this.#end(new Error(`The client ended.\n${this.#errors}`)))
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  async #order(order: Answer): Promise<Answer> {
    const answer = new Promise<Answer>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    const limit = setTimeout(
      () => this.#end(new Error(`"${order.do}" took over ${answerLimitMs / 1000} s.\n${this.#errors}`)),
      answerLimitMs,
    )
    this.#child.stdin.write(`${JSON.stringify(order)}\n`)
    try {
      const { error, ...rest } = await answer
      if (error !== undefined) throw new Error(`"${order.do}" failed: ${error}`)
      return rest
    } finally {
      clearTimeout(limit)
    }
  }

  async signIn(url: string, user: string, password: string): Promise<void> {
    this.userId = (await this.#order({ do: 'signIn', url, user, password })).userId
  }

  async createRoom(room: { name: string; invite: readonly string[]; isEncrypted: boolean }): Promise<string> {
    return (await this.#order({ do: 'createRoom', ...room })).roomId
  }

  async join(roomId: string): Promise<void> {
    await this.#order({ do: 'join', roomId })
  }

  async sees(roomId: string, userId: string): Promise<void> {
    await this.#order({ do: 'sees', roomId, userId })
  }

  async say(roomId: string, body: string): Promise<void> {
    await this.#order({ do: 'say', roomId, body })
  }

  async hears(roomId: string, body: string): Promise<{ wasEncrypted: boolean }> {
    return (await this.#order({ do: 'hears', roomId, body })) as { wasEncrypted: boolean }
  }

  async rooms(): Promise<readonly string[]> {
    return (await this.#order({ do: 'rooms' })).names
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }
}
