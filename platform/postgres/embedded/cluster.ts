import { spawn } from 'node:child_process'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../data-directory/durable-write.ts'
import { fileSystemRefusal, StartRefused } from '../../data-directory/start-refused.ts'
import type { Binaries } from './binaries.ts'
import { type Identity, ownAll } from './identity.ts'
import { hostBasedAccess } from './settings.ts'
import { stopSurvivors } from './survivors.ts'

/** PostgreSQL's superuser in our own cluster. */
export const clusterUser = 'chancery'

/** Where the cluster of one major version stands, so that two majors can stand side by side during an upgrade. */
export function clusterFolder(folder: string, major: number): string {
  return join(folder, `cluster-${major}`)
}

/** Refuses a folder whose cluster is of another major version than the binaries. */
export async function checkMajor(folder: string, major: number): Promise<void> {
  const names = await readdir(folder)
  const others = names.map((name) => /^cluster-(\d+)$/.exec(name)?.[1]).filter((other) => other !== undefined)
  if (others.length === 0 || others.includes(String(major))) return
  throw new StartRefused(
    `This data directory was written by PostgreSQL ${others.join(' and ')}, and this version of Chancery carries ` +
      `PostgreSQL ${major}. It cannot copy the data over yet. Start the version of Chancery that you used before.`,
  )
}

/**
 * Makes the cluster where there is none. It appears whole or not at all: a kill in the middle leaves only a leftover.
 */
export async function ensureCluster(folder: string, binaries: Binaries, identity: Identity): Promise<string> {
  const cluster = clusterFolder(folder, binaries.major)
  for (const name of await readdir(folder)) {
    if (name.startsWith('unfinished-')) await removeUnfinished(join(folder, name))
  }
  const isThere = await stat(cluster).then(
    () => true,
    () => false,
  )
  if (!isThere) await makeCluster(folder, cluster, binaries, identity)
  await ownAll(cluster, identity.owner)
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (version !== String(binaries.major)) {
    throw new StartRefused(
      `${cluster} should hold a database of PostgreSQL ${binaries.major} and holds ${version || 'none'}. ` +
        'Restore the data directory from a backup.',
    )
  }
  return cluster
}

/** `initdb` may have outlived the start that was killed; it is still writing there, and gives up when its files go. */
async function removeUnfinished(unfinished: string): Promise<void> {
  await stopSurvivors(unfinished)
  await rm(unfinished, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

async function makeCluster(folder: string, cluster: string, binaries: Binaries, identity: Identity): Promise<void> {
  const unfinished = join(folder, `unfinished-${process.pid}`)
  await mkdir(unfinished, { mode: 0o700 })
  await chown(unfinished, identity.owner.uid, identity.owner.gid)
  const output = await run(identity, binaries.initdb, [
    ...['-D', unfinished, '-U', clusterUser, '--auth=trust', '--no-instructions', '--data-checksums'],
    // The builtin provider sorts the same on every machine, whatever its C library or ICU.
    ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    '--text-search-config=simple',
  ])
  if (output.code !== 0) {
    await rm(unfinished, { recursive: true, force: true })
    throw initdbRefusal(output.text)
  }
  await writeFile(join(unfinished, 'pg_hba.conf'), hostBasedAccess, { flush: true })
  await chmod(unfinished, 0o700)
  await rename(unfinished, cluster)
  await syncFolder(folder)
}

function initdbRefusal(text: string): StartRefused {
  if (/No space left on device|Disk quota exceeded/i.test(text)) {
    return fileSystemRefusal({ code: 'ENOSPC' }, 'the new database') as StartRefused
  }
  const last = text.trim().split('\n').slice(-3).join(' ')
  return new StartRefused(`PostgreSQL could not make its database: ${last}`)
}

function run(identity: Identity, binary: string, args: string[]): Promise<{ code: number | null; text: string }> {
  const { file, args: all, uid, gid } = identity.command(binary, args)
  return new Promise((resolve, reject) => {
    const child = spawn(file, all, {
      uid,
      gid,
      cwd: '/',
      env: postgresEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (text += bytes))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, text }))
  })
}

/** Nothing of our own environment (secrets may stand in it) reaches PostgreSQL. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LANG: 'C', LC_ALL: 'C', TZ: 'UTC' }
}
