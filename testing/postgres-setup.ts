import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, migrate, startEmbedded } from '#platform/postgres/index.ts'
import { templateName, testPostgresVariable } from './database.ts'

/**
 * Vitest's global set-up: one PostgreSQL for the whole run, the same binaries and settings as in production, in a
 * temporary folder. Tests reach it through `testDatabase()`; programs that are no tests (a benchmark, a proof) call
 * `startTestPostgres()` themselves.
 */
export async function setup(): Promise<void> {
  running = await startTestPostgres()
}

export async function teardown(): Promise<void> {
  await running?.stop()
}

let running: { stop(): Promise<void> } | undefined

const migrations = join(import.meta.dirname, '..', 'server', 'migrations')

/** Starts it, makes the migrated template, and tells this process and its later children where it is. */
export async function startTestPostgres(): Promise<{ stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-test-'))
  // Test files run side by side, each with pools of its own.
  const embedded = await startEmbedded({ folder: join(folder, 'postgres'), settings: { max_connections: '200' } })
  const guard = watch(embedded.pid, folder)
  const stop = async () => {
    await embedded.stop()
    await rm(folder, { recursive: true, force: true })
    guard()
  }
  try {
    await makeTemplate(embedded.address)
  } catch (error) {
    await stop()
    throw error
  }
  process.env[testPostgresVariable] = JSON.stringify(embedded.address)
  return { stop }
}

async function makeTemplate(address: Parameters<typeof connect>[0]['address']): Promise<void> {
  const admin = connect({ address, poolSize: 1 })
  await admin.run(`CREATE DATABASE ${templateName}`)
  await admin.close()
  const template = connect({ address: { ...address, database: templateName } as typeof address, poolSize: 1 })
  try {
    await migrate(template, migrations)
  } finally {
    await template.close()
  }
}

/**
 * A small shell that waits for this process to end in whatever way, a kill -9 included, and then takes the database and
 * its folder away. Returns the function that sends it home.
 */
function watch(pid: number, folder: string): () => void {
  const script =
    'read -r line; [ "$line" = done ] && exit; kill -QUIT "$1"; sleep 1; kill -KILL "$1" 2>/dev/null; rm -rf "$2"'
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return () => guard.stdin.end('done\n')
}
