import { randomInt } from 'node:crypto'
import { expect } from 'vitest'
import type { Proof } from './proof.ts'

/** A short run of a proof as a test, with another seed each time; a failure names the seed. */
export async function sample(proof: Proof, count?: number): Promise<void> {
  const seed = randomInt(2 ** 31)
  const shown: string[] = []
  const verdict = await proof.run({ seed, count, show: (line) => shown.push(line) })
  const told = [`seed ${seed}`, ...shown, ...verdict.details, verdict.figure].join('\n')
  expect(verdict.holds, told).toBe(true)
}
