import { type ChildProcess, spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { limits } from '../limits.ts'
import { FrameReader, frame } from './frames.ts'
import type { Job, Outcome } from './jobs.ts'
import { SandboxFailed, type SandboxFailure } from './types.ts'

const root = join(import.meta.dirname, '..', '..')

export type ChildLimits = {
  /** Memory that the process may write to, V8's reservations (about 250 MB) included. */
  readonly memoryBytes: number
  readonly timeoutMs: number
  /** For all files together that one child is given. */
  readonly cpuSeconds: number
  readonly program: string
  /** Folders: the program and the libraries. */
  readonly readable: readonly string[]
}

export const childLimits: ChildLimits = {
  memoryBytes: limits.sandboxMemoryBytes,
  timeoutMs: limits.sandboxTimeoutMs,
  cpuSeconds: (limits.sandboxFilesPerChild * limits.sandboxTimeoutMs) / 1_000,
  program: join(import.meta.dirname, 'program.ts'),
  readable: [import.meta.dirname, join(root, 'node_modules'), join(root, 'package.json')],
}

type Answer = { readonly outcome: Outcome; readonly body: Buffer }
type Waiting = { resolve(answer: Answer): void; reject(error: SandboxFailed): void }

/** One child process. It is given one file after another, never two at once. */
export class Child {
  readonly #process: ChildProcess
  readonly #timeoutMs: number
  readonly #reader = new FrameReader<Outcome>(limits.thumbnailBytesMax + limits.bodyBytesMax)
  readonly ended: Promise<void>
  #waiting: Waiting | undefined
  #hasEnded = false
  files = 0

  constructor(bounds: ChildLimits) {
    this.#timeoutMs = bounds.timeoutMs
    this.#process = start(bounds)
    this.#process.stdout!.on('data', (piece: Buffer) => this.#take(piece))
    // Writing to a child that has just ended is told by its end.
    this.#process.stdin!.on('error', () => {})
    const end = Promise.withResolvers<void>()
    this.ended = end.promise
    const onEnd = () => {
      this.#hasEnded = true
      this.#fail('crashed')
      end.resolve()
    }
    this.#process.on('error', onEnd).on('exit', onEnd)
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  async run(job: Job, file: Uint8Array): Promise<Answer> {
    this.files += 1
    const answered = Promise.withResolvers<Answer>()
    this.#waiting = answered
    const timer = setTimeout(() => {
      this.#fail('timed-out')
      this.kill()
    }, this.#timeoutMs)
    if (this.#hasEnded) this.#fail('crashed')
    else for (const part of frame(job, file)) this.#process.stdin!.write(part)
    try {
      return await answered.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /** Lets it end by itself. */
  dismiss(): void {
    this.#process.stdin!.end()
  }

  kill(): void {
    this.#hasEnded = true
    this.#process.kill('SIGKILL')
  }

  #take(piece: Buffer): void {
    try {
      const answer = this.#reader.take(piece)
      if (answer === undefined) return
      this.#waiting?.resolve({ outcome: answer.head, body: answer.body })
      this.#waiting = undefined
    } catch {
      this.#fail('crashed')
      this.kill()
    }
  }

  #fail(failure: SandboxFailure): void {
    this.#waiting?.reject(new SandboxFailed(failure))
    this.#waiting = undefined
  }
}

/** A shell sets the limits of the process and becomes it; where a limit is not known, the others hold. */
function start({ memoryBytes, cpuSeconds, program, readable }: ChildLimits): ChildProcess {
  const script = `ulimit -d ${memoryBytes / 1_024} || :; ulimit -t ${cpuSeconds} || :; ulimit -c 0 || :; exec "$0" "$@"`
  const reads = readable.flatMap((path) => [path, realpathSync(path)]).map((path) => `--allow-fs-read=${path}`)
  const flags = ['--permission', '--allow-addons', ...reads, '--max-old-space-size=128', '--no-warnings']
  const child = spawn('/bin/sh', ['-c', script, process.execPath, ...flags, program], {
    cwd: '/',
    env: { MALLOC_ARENA_MAX: '2' },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  if (child.pid !== undefined) yieldTo(child.pid)
  return child
}

/** Pictures wait for messages: where both want a processor, the server gets it. */
function yieldTo(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already, or the system does not let us; neither is in anybody's way.
  }
}
