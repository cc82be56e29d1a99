import { readlinkSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { familyOf, livingProcesses, type Process, readProcess } from '#bench/processes.ts'

/** The living processes that work in a folder, or below it, or are descendants of `root`. */
export function processesOf(folder: string, root: number | undefined): Process[] {
  const all = livingProcesses()
  const family = familyOf(root, all)
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
  while (victims.some(({ pid }) => readProcess(pid) !== undefined) && performance.now() < untilMs) await wait(10)
}
