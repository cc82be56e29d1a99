import { readdirSync, readFileSync } from 'node:fs'

/** Proportional set size in MB (2^20 bytes): what the processes would give back if they ended. */
export type Memory = { readonly serverMb: number; readonly postgresMb: number }

type Process = { readonly pid: number; readonly parent: number; readonly name: string }

/**
 * A process with all its descendants; npm and shells count as nothing, PostgreSQL apart. Undefined where the system does
 * not tell (only Linux does).
 */
export function memoryOf(pid: number): Memory | undefined {
  if (process.platform !== 'linux') return undefined
  const kb = { server: 0, postgres: 0 }
  for (const { pid: member, name } of familyOf(pid)) {
    if (/^(npm\b|sh$|bash$|dash$)/.test(name)) continue
    kb[name === 'postgres' ? 'postgres' : 'server'] += pssKb(member)
  }
  return { serverMb: Math.round(kb.server / 1024), postgresMb: Math.round(kb.postgres / 1024) }
}

function familyOf(root: number): Process[] {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => readProcess(Number(entry)))
    .filter((one) => one !== undefined)
  const family = all.filter(({ pid }) => pid === root)
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid))
  return family
}

function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const nameEnd = stat.lastIndexOf(')')
    const parent = Number(stat.slice(nameEnd + 2).split(' ')[1])
    return { pid, parent, name: stat.slice(stat.indexOf('(') + 1, nameEnd) }
  } catch {
    // It ended while we looked.
    return undefined
  }
}

function pssKb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
