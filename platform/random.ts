import { randomBytes } from 'node:crypto'

/** Randomness as an argument. */
export interface Random {
  bytes(count: number): Buffer
  /** Unpadded base64url of so many random bytes. */
  token(bytes: number): string
}

const poolBytes = 4_096
let pool = Buffer.alloc(0)

/** From a pool: asking for 18 bytes costs as much as asking for a thousand. What was given away does not stay in memory. */
function token(bytes: number): string {
  if (bytes > poolBytes) return randomBytes(bytes).toString('base64url')
  if (pool.length < bytes) pool = randomBytes(poolBytes)
  const mine = pool.subarray(0, bytes)
  pool = pool.subarray(bytes)
  const text = mine.toString('base64url')
  mine.fill(0)
  return text
}

/** The operating system's generator; fit for keys and tokens. */
export const systemRandom: Random = { bytes: (count) => randomBytes(count), token }
