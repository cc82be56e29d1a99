import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'

export type Program = {
  /** The step's short name, for a filter on the command line. */
  name: string
  title: string
  /** A script for the Node.js that runs us, with its arguments. */
  args: readonly string[]
}

const running = new Set<ChildProcess>()
const killAfterMs = 10_000

/** Runs a program to its end and collects its words, or with `show` passes them on as they come. */
export function runProgram(
  root: string,
  { args }: Pick<Program, 'args'>,
  { show = false }: { show?: boolean } = {},
): Promise<{ code: number; output: string; tookMs: number }> {
  const startedMs = performance.now()
  return new Promise((resolve) => {
    const stdio = show ? 'inherit' : 'pipe'
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd: root,
      stdio: ['ignore', stdio, stdio],
    })
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk
    }
    child.stdout?.on('data', collect)
    child.stderr?.on('data', collect)
    running.add(child)
    child.on('error', (error) => collect(Buffer.from(error.message)))
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve({
        code: code ?? 128 + (signal ? constants.signals[signal] : 1),
        output,
        tookMs: performance.now() - startedMs,
      })
    })
  })
}

/** A signal stops what runs, and ends us when it is gone: nothing stays behind the prompt. */
export function stopProgramsOnSignal(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const exit = () => process.exit(128 + constants.signals[signal])
      if (running.size === 0) exit()
      for (const child of running) {
        child.kill('SIGTERM')
        child.on('close', () => running.size === 0 && exit())
        setTimeout(() => child.kill('SIGKILL'), killAfterMs).unref()
      }
    })
  }
}
