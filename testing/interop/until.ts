import { setTimeout as wait } from 'node:timers/promises'

const patienceMs = 50_000
const lookEveryMs = 50

/** Looks again and again until there is something. */
export async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const endMs = performance.now() + patienceMs
  for (;;) {
    const found = look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > endMs) throw new Error(`Waited ${patienceMs / 1000} s for ${what}.`)
    await wait(lookEveryMs)
  }
}
