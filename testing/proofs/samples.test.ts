import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { atRest } from './at-rest/at-rest.ts'
import { citizens } from './citizens/citizens.ts'
import { erasure } from './erasure/erasure.ts'
import { killNine } from './kill-nine/kill-nine.ts'
import type { Proof } from './proof.ts'
import { stopSample } from './stop/stop.ts'
import { syncLaw, syncLawOfForgetful } from './sync-law/sync-law.ts'

/** A short run of a proof, with another seed each time; a failure names the seed. */
async function sample(proof: Proof, count: number | undefined): Promise<void> {
  const seed = randomInt(2 ** 31)
  const shown: string[] = []
  const verdict = await proof.run({ seed, count, show: (line) => shown.push(line) })
  const told = [`seed ${seed}`, ...shown, ...verdict.details, verdict.figure].join('\n')
  expect(verdict.holds, told).toBe(true)
}

test('three kills lose nothing', { timeout: 180_000 }, () => sample(killNine, 3))

test('whoever follows ends with what is, over two servers', { timeout: 120_000 }, () => sample(syncLaw, 2))

test('whoever passes over answers is found out', { timeout: 120_000 }, () => sample(syncLawOfForgetful, 2))

test('no word stands on the disk, and what was altered is refused', { timeout: 240_000 }, () =>
  sample(atRest, undefined),
)

test('of an erased citizen nothing can be opened, with all keys', { timeout: 240_000 }, () =>
  sample(erasure, undefined),
)

test('what a citizen stopped stays stopped while servers are killed', { timeout: 120_000 }, () =>
  sample(stopSample, undefined),
)

test('what citizens got is what we say they got, through three kills', { timeout: 180_000 }, () => sample(citizens, 3))
