import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, realpath } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { StartRefused } from '../../data-directory/start-refused.ts'
import { makeSocketFolder, removeSocketFolder } from '../../socket-folder.ts'
import { connect } from '../connect.ts'
import type { PostgresAddress } from '../types.ts'
import { type Binaries, findBinaries } from './binaries.ts'
import { checkMajor, clusterUser, ensureCluster, postgresEnvironment } from './cluster.ts'
import { type Identity, ownAll, pickIdentity } from './identity.ts'
import { type SettingOverrides, serverArguments } from './settings.ts'
import { stopSurvivors } from './survivors.ts'

export type ServerLogLevel = 'info' | 'warn' | 'error'

export type EmbeddedOptions = {
  /** PostgreSQL's own folder in the data directory; made when it is missing. Its parent exists and is locked by us. */
  readonly folder: string
  /** Hears what PostgreSQL says about its own life, never about a statement. */
  readonly log?: (level: ServerLogLevel, line: string) => void
  /** Told before something that takes over a second, for the person who waits. */
  readonly progress?: (text: string) => void
  readonly binaries?: Binaries
  /** For tests only: more connections, or the proof that a check notices a setting that is off. */
  readonly settings?: SettingOverrides
}

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** A running PostgreSQL of our own. */
export interface Embedded {
  readonly address: PostgresAddress
  readonly pid: number
  /** Settles when the process has ended, asked or not. */
  readonly exited: Promise<Exit>
  /** Ends it, orderly if it can, within six seconds. Close every connection first. */
  stop(): Promise<void>
}

/** Part of the socket's file name. Nobody listens on such a TCP port. */
const socketPort = 5432

/** The database of Chancery in its own cluster. */
const databaseName = 'chancery'

/** Recovery after a crash can take long on a slow disk; a start that is still silent then has failed. */
const startTimeoutMs = 120_000

/** A fast shutdown writes a checkpoint. Past this the next start recovers instead. */
const fastStopMs = 4_000
const immediateStopMs = 1_500

/**
 * Starts the PostgreSQL that Chancery carries, on a private socket, in a process group of its own (a Ctrl-C at the
 * terminal must not reach it before us), as an unprivileged user. Whatever survived a kill of an earlier start is
 * stopped first.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const binaries = options.binaries ?? (await findBinaries())
  const log = options.log ?? (() => {})
  await mkdir(options.folder, { recursive: true, mode: 0o700 })
  const folder = await realpath(options.folder)
  await checkMajor(folder, binaries.major)
  const identity = await pickIdentity(binaries.postgres, folder)
  await ownAll(folder, identity.owner)
  const cluster = await ensureCluster(folder, binaries, identity)
  const { stopped } = await stopSurvivors(cluster)
  if (stopped > 0) log('warn', 'Stopped a PostgreSQL that an earlier start had left behind.')
  const socketFolder = await makeSocketFolder(folder, `.s.PGSQL.${socketPort}`, identity.owner)
  const args = serverArguments(cluster, socketFolder, socketPort, options.settings)
  const server = await startServer(identity, binaries.postgres, args, options)
  const address = { socketFolder, port: socketPort, user: clusterUser, database: databaseName }
  let stopping: Promise<void> | undefined
  const embedded: Embedded = {
    address,
    pid: server.child.pid as number,
    exited: server.exited,
    stop() {
      stopping ??= stopServer(server).then(() => removeSocketFolder(socketFolder))
      return stopping
    },
  }
  try {
    await ensureDatabase({ ...address, database: 'postgres' })
  } catch (error) {
    await embedded.stop()
    throw error
  }
  return embedded
}

/** Stands before lines that are written before the settings are read: "2026-01-31 12:00:00.000 UTC [123] ". */
const defaultPrefix = /^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] /

type Server = { readonly child: ChildProcess; readonly exited: Promise<Exit> }

async function startServer(
  identity: Identity,
  binary: string,
  args: string[],
  options: EmbeddedOptions,
): Promise<Server> {
  const { file, args: all, uid, gid } = identity.command(binary, args)
  const child = spawn(file, all, {
    ...{ uid, gid, cwd: '/', env: postgresEnvironment() },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  // The last resort of a process that ends without its orderly way; PostgreSQL then shuts down alone.
  const atExit = () => child.kill('SIGINT')
  process.once('exit', atExit)
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  void exited.then(() => process.off('exit', atExit))
  const server = { child, exited }
  const said: string[] = []
  const ready = new Promise<'ready'>((resolve) => {
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (raw) => {
      const line = raw.replace(defaultPrefix, '')
      if (line.includes('database system is ready to accept connections')) resolve('ready')
      else if (said.length < 50) said.push(line)
      if (line.includes('automatic recovery in progress')) options.progress?.('Repairing the database after a crash …')
      passOn(line, options.log)
    })
  })
  const giveUp = new AbortController()
  const late = wait(startTimeoutMs, 'late' as const, { signal: giveUp.signal }).catch(() => 'late' as const)
  const outcome = await Promise.race([ready, exited.then(() => 'exited' as const), late])
  giveUp.abort()
  if (outcome === 'ready') return server
  await stopServer(server)
  throw startRefusal(outcome === 'late', said)
}

function startRefusal(isLate: boolean, said: readonly string[]): StartRefused {
  const text = said
    .filter((line) => /^(FATAL|PANIC|HINT|postgres:|unshare:)/.test(line))
    .join(' ')
    .replace(/ {2,}/g, ' ')
  if (/No space left on device|Disk quota exceeded/i.test(said.join(' '))) {
    return new StartRefused('The disk is full, so PostgreSQL cannot start. Free some space, then start again.')
  }
  if (isLate)
    return new StartRefused(`PostgreSQL did not become ready within ${startTimeoutMs / 1000} seconds. ${text}`)
  return new StartRefused(`PostgreSQL could not start: ${text || said.slice(-3).join(' ') || 'it said nothing.'}`)
}

/** PostgreSQL's lines, "LEVEL:  text", in our levels. */
function passOn(line: string, log: EmbeddedOptions['log']): void {
  const match = /^([A-Z]+): {2}(.*)$/.exec(line)
  // Continuation lines and details can carry what a row holds.
  if (match === null || log === undefined) return
  const [, severity, text] = match
  if (severity === 'LOG' || severity === 'FATAL' || severity === 'PANIC' || severity === 'WARNING') {
    log(severity === 'LOG' ? 'info' : severity === 'WARNING' ? 'warn' : 'error', text as string)
  }
}

async function stopServer({ child, exited }: Server): Promise<void> {
  for (const { signal, ms } of [
    { signal: 'SIGINT', ms: fastStopMs },
    { signal: 'SIGQUIT', ms: immediateStopMs },
  ] as const) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    child.kill(signal)
    const giveUp = new AbortController()
    await Promise.race([exited, wait(ms, undefined, { signal: giveUp.signal }).catch(() => {})])
    giveUp.abort()
  }
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  // The whole group: its children would otherwise keep the shared memory.
  process.kill(-child.pid, 'SIGKILL')
  await exited
}

async function ensureDatabase(address: PostgresAddress): Promise<void> {
  const admin = connect({ address, poolSize: 1, applicationName: 'chancery start' })
  try {
    const found = await admin.row('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName])
    if (found === undefined) await admin.run(`CREATE DATABASE ${databaseName}`)
  } finally {
    await admin.close()
  }
}
