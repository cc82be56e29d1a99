import { spawnSync } from 'node:child_process'
import { readdir, readFile, readlink, realpath, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { StartRefused } from '../../data-directory/start-refused.ts'

type Found = { readonly pid: number; readonly parent: number }

/** How long a survivor is given for each way of being asked, ms: an orderly shutdown, an immediate one, a kill. */
const patience: readonly { signal: NodeJS.Signals; ms: number }[] = [
  { signal: 'SIGINT', ms: 1_000 },
  { signal: 'SIGQUIT', ms: 500 },
  { signal: 'SIGKILL', ms: 2_000 },
]

/**
 * Stops what is left of this cluster's PostgreSQL after its server was killed, and takes its pid file away. A process
 * counts only if it really is a `postgres` of this folder: the number in a pid file may belong to anybody by now. Call
 * it with the data directory's lock in hand.
 */
export async function stopSurvivors(cluster: string): Promise<{ stopped: number }> {
  const folder = await realpath(cluster)
  const first = await findProcesses(folder)
  let left = first
  for (const { signal, ms } of patience) {
    if (left.length === 0) break
    left = await ask(folder, left, signal, ms)
  }
  if (left.length > 0) {
    const pids = left.map(({ pid }) => pid).join(', ')
    throw new StartRefused(
      `A PostgreSQL of an earlier start still runs on ${cluster} and cannot be stopped (process ${pids}). ` +
        'End it, or restart the machine, then start again.',
    )
  }
  // Nobody is there; PostgreSQL itself would take any living process with the old number for its owner.
  await rm(join(cluster, 'postmaster.pid'), { force: true })
  return { stopped: first.length }
}

async function ask(folder: string, found: readonly Found[], signal: NodeJS.Signals, ms: number): Promise<Found[]> {
  for (const { pid } of recipients(found, signal)) sendSignal(pid, signal)
  const untilMs = performance.now() + ms
  for (;;) {
    const left = await findProcesses(folder)
    if (left.length === 0 || performance.now() >= untilMs) return left
    await wait(20)
  }
}

/** The postmaster leads its children through a shutdown; without it they are asked one by one, and a kill takes all. */
function recipients(found: readonly Found[], signal: NodeJS.Signals): readonly Found[] {
  const pids = new Set(found.map(({ pid }) => pid))
  const postmasters = found.filter(({ pid, parent }) => !pids.has(parent) && found.some((one) => one.parent === pid))
  return signal === 'SIGKILL' || postmasters.length === 0 ? found : postmasters
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}

/** Every living `postgres` process of a cluster, which all work in its folder. */
function findProcesses(folder: string): Promise<Found[]> {
  return process.platform === 'linux' ? findInProc(folder) : findByPidFile(folder)
}

async function findInProc(folder: string): Promise<Found[]> {
  const found: Found[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      if ((await readlink(`/proc/${entry}/cwd`)) !== folder) continue
      // A checkout that was replaced meanwhile leaves " (deleted)" behind the name.
      const binary = basename(await readlink(`/proc/${entry}/exe`)).replace(/ \(deleted\)$/, '')
      if (binary !== 'postgres') continue
      const stat = await readFile(`/proc/${entry}/stat`, 'utf8')
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (state !== 'Z') found.push({ pid: Number(entry), parent: Number(parent) })
    } catch {
      // It ended while we looked, or belongs to somebody whose processes we may not look into.
    }
  }
  return found
}

/** Where there is no /proc: the postmaster by its pid file and its command line. Its children follow it. */
async function findByPidFile(folder: string): Promise<Found[]> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number.parseInt(text, 10)
  if (!Number.isSafeInteger(pid) || pid <= 1) return []
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  const isOurs = /\bpostgres /.test(stdout ?? '') && stdout.includes(folder)
  return isOurs ? [{ pid, parent: 0 }] : []
}
