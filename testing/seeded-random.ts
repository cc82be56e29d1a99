import { createHash, randomInt } from 'node:crypto'
import type { Random } from '#platform/api.ts'

/** Random bytes that a seed gives again. Without a seed, one is drawn; secrets must never come from here. */
export function seededRandom(seed: number = randomInt(2 ** 31)): Random {
  let count = 0
  const bytes = (wanted: number) => {
    const blocks: Buffer[] = []
    for (let length = 0; length < wanted; length += 32) {
      blocks.push(createHash('sha256').update(`${seed} ${count++}`).digest())
    }
    return Buffer.concat(blocks).subarray(0, wanted)
  }
  return { bytes, token: (wanted) => bytes(wanted).toString('base64url') }
}
