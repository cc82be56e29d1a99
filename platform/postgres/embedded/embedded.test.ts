import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { StartRefused } from '../../data-directory/start-refused.ts'
import { connect } from '../connect.ts'
import { checkServerSettings } from '../settings.ts'
import { type Embedded, type EmbeddedOptions, startEmbedded } from './embedded.ts'

/** A cluster that was made once and is copied, so that not every test waits for `initdb`. */
let made: string
let base: string
let folder: string
const running: Embedded[] = []

/** Whether other users may not enter a folder, because it or one above it is closed to them. */
function isShut(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return true
    if (at === dirname(at)) return false
  }
}

beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'chancery-made-'))
  const first = await startEmbedded({ folder: join(made, 'postgres') })
  await first.stop()
})
afterAll(() => rm(made, { recursive: true, force: true }))

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'chancery-embedded-'))
  folder = join(base, 'postgres')
  // The command is many times faster than Node's own for a thousand small files.
  expect(spawnSync('cp', ['-a', join(made, 'postgres'), folder]).status).toBe(0)
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
  await rm(base, { recursive: true, force: true })
})

async function start(more: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const embedded = await startEmbedded({ folder, ...more })
  running.push(embedded)
  return embedded
}

async function ask<R>(embedded: Embedded, text: string): Promise<R | undefined> {
  const postgres = connect({ address: embedded.address, poolSize: 1 })
  try {
    return await postgres.row<R>(text)
  } finally {
    await postgres.close()
  }
}

/** Living processes that work in the cluster. */
function processes(): number[] {
  const cluster = join(folder, 'cluster-18')
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return (
          pid > 0 &&
          readlinkSync(`/proc/${pid}/cwd`) === cluster &&
          !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
        )
      } catch {
        return false
      }
    })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It followed its postmaster already.
  }
}

async function refusal(more: Partial<EmbeddedOptions> = {}): Promise<string> {
  const error = await start(more).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(StartRefused)
  return error.message
}

describe('a start', () => {
  it('makes a cluster that depends on no collation of the machine and keeps what it acknowledges', async () => {
    await rm(folder, { recursive: true })
    const embedded = await start()
    const postgres = connect({ address: embedded.address })
    await expect(checkServerSettings(postgres)).resolves.toBeUndefined()
    const facts =
      await postgres.row(`SELECT datlocprovider AS provider, datlocale AS locale, pg_encoding_to_char(encoding) AS
      encoding, current_setting('data_checksums') AS checksums, current_setting('listen_addresses') AS addresses
      FROM pg_database WHERE datname = current_database()`)
    await postgres.close()
    expect(facts).toEqual({ provider: 'b', locale: 'C.UTF-8', encoding: 'UTF8', checksums: 'on', addresses: '' })
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'socket')).mode & 0o777).toBe(0o700)
  })

  it('runs as a user who is not root, in a process group of its own', async () => {
    const embedded = await start()
    const stat = readFileSync(`/proc/${embedded.pid}/stat`, 'utf8')
    const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    expect(Number(group)).toBe(embedded.pid)
    const map = readFileSync(`/proc/${embedded.pid}/uid_map`, 'utf8').trim().split(/\s+/)
    const uid = Number(/^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${embedded.pid}/status`, 'utf8'))?.[1])
    // Its own number for itself: through the map of its namespace, where there is one.
    expect(map[1] === '0' && map[0] !== '0' ? Number(map[0]) : uid).not.toBe(0)
  })

  it('goes on where it was stopped, leaving neither process nor socket', async () => {
    const first = await start()
    await ask(first, 'CREATE TABLE kept AS SELECT 7 AS n')
    await first.stop()
    expect(await first.exited).toEqual({ code: 0, signal: null })
    expect(processes()).toEqual([])
    expect(existsSync(join(folder, 'socket'))).toBe(false)
    expect(await ask(await start(), 'SELECT n FROM kept')).toEqual({ n: 7 })
  })

  it('takes away what a kill left of an unfinished cluster', async () => {
    await rm(folder, { recursive: true })
    await mkdir(join(folder, 'unfinished-4711'), { recursive: true })
    await writeFile(join(folder, 'unfinished-4711', 'PG_VERSION'), '18\n')
    await start()
    expect(readdirSync(folder).sort()).toEqual(['cluster-18', 'socket'])
  })

  it('finds a short place for the socket when the path is too long, and clears it away', async () => {
    const deep = join(base, 'x'.repeat(60), 'y'.repeat(60))
    await mkdir(deep, { recursive: true })
    await rename(folder, join(deep, 'postgres'))
    const embedded = await start({ folder: join(deep, 'postgres') })
    const { socketFolder } = embedded.address as { socketFolder: string }
    expect(Buffer.byteLength(socketFolder)).toBeLessThan(90)
    expect(statSync(socketFolder).mode & 0o777).toBe(0o700)
    expect(await ask(embedded, 'SELECT 1 AS one')).toEqual({ one: 1 })
    await embedded.stop()
    expect(existsSync(socketFolder)).toBe(false)
  })

  it('refuses a cluster of another major version', async () => {
    await rename(join(folder, 'cluster-18'), join(folder, 'cluster-17'))
    expect(await refusal()).toMatch(/written by PostgreSQL 17, and this version of Chancery carries PostgreSQL 18/)
  })

  it('says what PostgreSQL said when it cannot start', async () => {
    expect(await refusal({ settings: { shared_buffers: 'plenty' } })).toMatch(
      /could not start: FATAL: .*shared_buffers/,
    )
    expect(processes()).toEqual([])
  })

  it('logs no statement, no parameter and no value', async () => {
    const lines: string[] = []
    const embedded = await start({ log: (_, line) => lines.push(line) })
    const postgres = connect({ address: embedded.address, poolSize: 1 })
    await postgres.run("CREATE TABLE note (words text UNIQUE); INSERT INTO note VALUES ('canary')")
    await postgres.run('INSERT INTO note VALUES ($1)', ['canary']).catch(() => {})
    await postgres.run('SELECT $1::int', ['canary']).catch(() => {})
    await postgres.run("SELECT 'canary'::int").catch(() => {})
    await postgres.run("DO $$ BEGIN RAISE WARNING 'canary'; RAISE LOG 'life'; END $$")
    await postgres.close()
    await embedded.stop()
    expect(lines.join('\n')).toContain('ready to accept connections')
    expect(lines.join('\n')).not.toContain('canary')
  })

  it.runIf(process.geteuid?.() === 0)('says that the disk is full', async () => {
    const small = join(base, 'small')
    await mkdir(small)
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', small]).status !== 0) return
    try {
      expect(await refusal({ folder: join(small, 'postgres') })).toMatch(/disk is full/)
      expect(readdirSync(join(small, 'postgres'))).toEqual([])
    } finally {
      spawnSync('umount', ['-l', small])
    }
  })
})

describe.runIf(process.geteuid?.() === 0)('started as root where namespaces are forbidden', () => {
  const path = process.env.PATH
  beforeEach(() => {
    // Without a search path there is no `unshare`.
    process.env.PATH = ''
  })
  afterEach(() => {
    process.env.PATH = path
  })

  it.skipIf(isShut(import.meta.dirname))('becomes an unprivileged user, and ours again when it may', async () => {
    const embedded = await start()
    expect(statSync(`/proc/${embedded.pid}`).uid).not.toBe(0)
    expect(statSync(join(folder, 'cluster-18', 'base')).uid).not.toBe(0)
    expect(statSync(base).mode & 0o777).toBe(0o711)
    await ask(embedded, 'CREATE TABLE kept AS SELECT 9 AS n')
    await embedded.stop()
    process.env.PATH = path
    expect(await ask(await start(), 'SELECT n FROM kept')).toEqual({ n: 9 })
    expect(statSync(join(folder, 'cluster-18', 'base')).uid).toBe(0)
  })

  it.runIf(isShut(import.meta.dirname))('says what to change when that user cannot reach the checkout', async () => {
    expect(await refusal({ folder })).toMatch(/does not run as root.*put the checkout/)
  })

  it('says what to change when that user cannot reach the data', async () => {
    const inner = join(base, 'inner')
    await mkdir(inner, { mode: 0o700 })
    await rename(folder, join(inner, 'postgres'))
    expect(await refusal({ folder: join(inner, 'postgres') })).toMatch(
      /does not run as root.*Start Chancery as an ordinary user/,
    )
  })
})

describe('settings that would lose what was acknowledged', () => {
  it.each(['fsync', 'full_page_writes', 'synchronous_commit'])('%s off is refused', async (name) => {
    const embedded = await start({ settings: { [name]: 'off' } })
    const postgres = connect({ address: embedded.address, poolSize: 1 })
    const error = await checkServerSettings(postgres).catch((thrown) => thrown)
    await postgres.close()
    expect(error).toBeInstanceOf(StartRefused)
    expect(error.message).toContain(`${name} = off`)
  })

  it('says all that is wrong at once', async () => {
    const embedded = await start({ settings: { fsync: 'off', synchronous_commit: 'off' } })
    const postgres = connect({ address: embedded.address, poolSize: 1 })
    await expect(checkServerSettings(postgres)).rejects.toThrow(/fsync = off[\s\S]*synchronous_commit = off/)
    await postgres.close()
  })
})

describe('after a kill', () => {
  /** A start in a process of its own, which can be killed without its PostgreSQL. */
  async function startElsewhere(): Promise<ChildProcess> {
    const program = `
      const { startEmbedded } = await import(${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))})
      await startEmbedded({ folder: ${JSON.stringify(folder)} })
      console.log('ready')
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout as NodeJS.ReadableStream, 'data')
    return child
  }

  function hang(pid: number): boolean {
    try {
      return process.kill(pid, 'SIGSTOP')
    } catch {
      return false
    }
  }

  it('tells that PostgreSQL ended, and recovers', async () => {
    const first = await start()
    await ask(first, 'CREATE TABLE kept AS SELECT 8 AS n')
    process.kill(first.pid, 'SIGKILL')
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' })
    const second = await start()
    expect(await ask(second, 'SELECT n FROM kept')).toEqual({ n: 8 })
  })

  it('stops the PostgreSQL that outlived its server', async () => {
    const server = await startElsewhere()
    const before = processes()
    expect(before.length).toBeGreaterThan(2)
    server.kill('SIGKILL')
    await once(server, 'exit')
    expect(processes().length).toBeGreaterThan(2)
    const lines: string[] = []
    const embedded = await start({ log: (level, line) => level === 'warn' && lines.push(line) })
    expect(lines).toEqual(['Stopped a PostgreSQL that an earlier start had left behind.'])
    expect(processes().filter((pid) => before.includes(pid))).toEqual([])
    expect(await ask(embedded, 'SELECT 1 AS one')).toEqual({ one: 1 })
  })

  it('stops one that is busy and hangs', async () => {
    const server = await startElsewhere()
    const before = processes()
    server.kill('SIGKILL')
    await once(server, 'exit')
    // Nothing but a kill ends a stopped process. A helper of PostgreSQL may have ended by itself since it was seen.
    const hanging = before.filter((pid) => hang(pid))
    expect(hanging.length).toBeGreaterThan(2)
    await start()
    expect(processes().filter((pid) => before.includes(pid))).toEqual([])
  })

  it('never kills the process that has the old number by now', async () => {
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' })
    try {
      const lines = [stranger.pid, join(folder, 'cluster-18'), 1, 5432, join(folder, 'socket'), '', '0 0', 'ready']
      await writeFile(join(folder, 'cluster-18', 'postmaster.pid'), `${lines.join('\n')}\n`)
      await mkdir(join(folder, 'socket'), { mode: 0o700 })
      await writeFile(join(folder, 'socket', '.s.PGSQL.5432.lock'), `${lines.join('\n')}\n`)
      expect(await ask(await start(), 'SELECT 1 AS one')).toEqual({ one: 1 })
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull()
    } finally {
      stranger.kill('SIGKILL')
    }
  })

  it('recovers ten times in a row from a kill of everything', async () => {
    for (let round = 1; round <= 10; round++) {
      const embedded = await start()
      running.pop()
      await ask(embedded, round === 1 ? 'CREATE TABLE kept AS SELECT 1 AS n' : 'INSERT INTO kept VALUES (1)')
      for (const pid of processes()) kill(pid)
      await embedded.exited
    }
    expect(await ask(await start(), 'SELECT count(*) AS n FROM kept')).toEqual({ n: 10 })
  }, 60_000)
})
