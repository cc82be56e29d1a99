import { readdirSync, readFileSync } from 'node:fs'

export type Process = { readonly pid: number; readonly parent: number; readonly name: string }

/** All living processes, as Linux tells of them. */
export function livingProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => readProcess(Number(entry)) ?? [])
}

/** Those of them that are `root`, its children, their children and so on. */
export function familyOf(root: number | undefined, all: readonly Process[]): Process[] {
  const family = all.filter(({ pid }) => pid === root)
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid))
  return family
}

/** Undefined for one that has ended, also where nobody has buried it yet. */
export function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const nameEnd = stat.lastIndexOf(')')
    const [state, parent] = stat.slice(nameEnd + 2).split(' ')
    if (state === 'Z') return undefined
    return { pid, parent: Number(parent), name: stat.slice(stat.indexOf('(') + 1, nameEnd) }
  } catch {
    // It ended while we looked.
    return undefined
  }
}
