import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

export type Process = { readonly pid: number; readonly parent: number; readonly name: string }

/** All living processes. Linux only, like the proofs that kill. */
export function livingProcesses(): Process[] {
  const found: Process[] = []
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const nameEnd = stat.lastIndexOf(')')
      const [state, parent] = stat.slice(nameEnd + 2).split(' ')
      if (state === 'Z') continue
      found.push({ pid: Number(entry), parent: Number(parent), name: stat.slice(stat.indexOf('(') + 1, nameEnd) })
    } catch {
      // It ended while we looked.
    }
  }
  return found
}

/** The living processes that work in a folder, or below it, or are descendants of `root`. */
export function processesOf(folder: string, root: number | undefined): Process[] {
  const all = livingProcesses()
  const family = all.filter(({ pid }) => pid === root)
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid))
  return all.filter((one) => family.includes(one) || worksIn(one.pid, folder))
}

function worksIn(pid: number, folder: string): boolean {
  try {
    return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`)
  } catch {
    return false
  }
}

/** kill -9, and then waits until the system has buried them. */
export async function killAll(victims: readonly Process[], patienceMs = 20_000): Promise<void> {
  for (const { pid } of victims) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
  const untilMs = performance.now() + patienceMs
  while (victims.some(({ pid }) => isThere(pid)) && performance.now() < untilMs) await wait(10)
}

function isThere(pid: number): boolean {
  if (!existsSync(`/proc/${pid}`)) return false
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat[stat.lastIndexOf(')') + 2] !== 'Z'
  } catch {
    return false
  }
}
