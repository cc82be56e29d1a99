import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const root = join(import.meta.dirname, '..')
const startLimitMs = 120_000
const stopLimitMs = 15_000

const startScript = () => readFileSync(join(root, 'server', 'run'), 'utf8')

/** The server's program with the Node.js flags that `npm start` gives it, read from where they stand. */
export function serverCommand(): string[] {
  const text = startScript()
  const quiet = /^quiet='(.*)'$/m.exec(text)?.[1]
  const line = /^ *start\) program=(\S+) flags="(.*)" ;;$/m.exec(text)
  if (quiet === undefined || line === null) throw new Error('server/run no longer tells how it starts the server.')
  const [, program, flags] = line as unknown as [string, string, string]
  return [...flags.replace('$quiet', quiet).split(' '), join(root, program)]
}

/** The environment of the server: ours without what would configure it or its Node.js, and with what `npm start` sets. */
export function serverEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const isSetting = (name: string) => /^(CHANCERY_|VITEST|NODE_OPTIONS$|NODE_ENV$|DATABASE_URL$)/.test(name)
  const inherited = Object.entries(process.env).filter(([name]) => !isSetting(name))
  return { ...Object.fromEntries(inherited), ...mallocSettings(), ...more }
}

function mallocSettings(): NodeJS.ProcessEnv {
  const words = /^export ((?:MALLOC_\w+=\d+ ?)+)$/m.exec(startScript())?.[1]
  if (words === undefined) throw new Error('server/run no longer tells how the server takes memory.')
  return Object.fromEntries(
    words
      .trim()
      .split(' ')
      .map((word) => word.split('=')),
  )
}

/** A free TCP port of the loopback. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A Chancery that was started for one measurement, and goes with it. */
export type OwnServer = {
  readonly url: URL
  readonly secret: string
  readonly pid: number
  readonly dataFolder: string
  stop(): Promise<void>
}

export async function startOwnServer(): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-bench-'))
  const dataFolder = join(folder, 'data')
  const port = await freePort()
  const secret = randomBytes(16).toString('hex')
  const options = ['--data', dataFolder, '--port', String(port), '--rate-limits', 'off']
  const child = spawn(process.execPath, [...serverCommand(), ...options, '--registration-shared-secret', secret], {
    cwd: root,
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C reaches us, and we stop it.
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      said = (said + bytes).slice(-4_000)
    })
  }
  const stop = async () => {
    await end(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(port, child, () => said)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: new URL(`http://127.0.0.1:${port}`), secret, pid: child.pid as number, dataFolder, stop }
}

async function untilReady(port: number, child: ChildProcess, said: () => string): Promise<void> {
  const untilMs = performance.now() + startLimitMs
  while (performance.now() < untilMs && child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/_matrix/client/versions`).catch(() => undefined)
    if (answer?.ok === true) return
    await wait(50)
  }
  throw new Error(`The server did not become ready. It said:\n${said()}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const giveUp = setTimeout(() => child.kill('SIGKILL'), stopLimitMs)
  await exited
  clearTimeout(giveUp)
}
