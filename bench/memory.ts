import { readFileSync } from 'node:fs'
import { familyOf, livingProcesses } from './processes.ts'

/** Proportional set size in MB (2^20 bytes): what the processes would give back if they ended. */
export type Memory = { readonly serverMb: number; readonly postgresMb: number }

/**
 * A process with all its descendants; npm and shells count as nothing, PostgreSQL apart. Undefined where the system does
 * not tell (only Linux does).
 */
export function memoryOf(pid: number): Memory | undefined {
  if (process.platform !== 'linux') return undefined
  const kb = { server: 0, postgres: 0 }
  for (const { pid: member, name } of familyOf(pid, livingProcesses())) {
    if (/^(npm\b|sh$|bash$|dash$)/.test(name)) continue
    kb[name === 'postgres' ? 'postgres' : 'server'] += pssKb(member)
  }
  return { serverMb: Math.round(kb.server / 1024), postgresMb: Math.round(kb.postgres / 1024) }
}

function pssKb(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
