import { randomBytes } from 'node:crypto'

/** Randomness as an argument. */
export interface Random {
  bytes(count: number): Buffer
  /** Unpadded base64url of so many random bytes. */
  token(bytes: number): string
}

/** The operating system's generator; fit for keys and tokens. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  token: (bytes) => randomBytes(bytes).toString('base64url'),
}
