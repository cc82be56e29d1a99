import { argon2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { type Random, refuse } from '#platform/api.ts'

const argon2Async = promisify(argon2)

export type HashingCost = { readonly memoryKiB: number; readonly passes: number; readonly lanes: number }

/**
 * `strong` is OWASP's figure for argon2id (about 50 ms on one core). `cheap` is for tests only: it resists nothing.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export const hashingCosts = {
  strong: { memoryKiB: 19_456, passes: 2, lanes: 1 },
  cheap: { memoryKiB: 8, passes: 1, lanes: 1 },
} as const satisfies Record<string, HashingCost>

/** Two at once keep both cores of a small machine usable and the memory under 40 MiB. */
const runningMax = 2
/** Who would wait behind this many (about five seconds) is asked to come back. */
const waitingMax = 200
const saltBytes = 16
const hashBytes = 32
/** A stored hash that asks for more than this was tampered with. */
const memoryKiBMax = 262_144
const passesMax = 16

export interface PasswordHashes {
  /** @returns a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
  hash(password: string): Promise<string>
  /** Whether it is the password. Without a stored hash the same work is done and the answer is no. */
  verify(password: string, stored: string | undefined): Promise<boolean>
  /** Whether the stored hash is weaker than a new one would be. */
  isOutdated(stored: string): boolean
}

/**
 * Passwords as argon2id (RFC 9106) hashes, computed off the event loop.
 *
 * @param secret mixed into every hash; it is kept apart from the database, so that stolen hashes alone cannot be guessed
 */
export function createPasswordHashes(deps: { random: Random; secret: Buffer; cost: HashingCost }): PasswordHashes {
  const { random, secret, cost } = deps
  const queue = createQueue()
  const decoy = phc(cost, Buffer.alloc(saltBytes), Buffer.alloc(hashBytes))

  const derive = (password: string, salt: Buffer, at: HashingCost) =>
    queue(() =>
      argon2Async('argon2id', {
        // Equal characters may come in several encodings from different keyboards.
        message: password.normalize('NFKC'),
        nonce: salt,
        secret,
        memory: at.memoryKiB,
        passes: at.passes,
        parallelism: at.lanes,
        tagLength: hashBytes,
      }),
    )

  return {
    async hash(password) {
      const salt = random.bytes(saltBytes)
      return phc(cost, salt, await derive(password, salt, cost))
    },
    async verify(password, stored) {
      const parsed = parsePhc(stored ?? decoy)
      const derived = await derive(password, parsed.salt, parsed.cost)
      return timingSafeEqual(derived, parsed.hash) && stored !== undefined
    },
    isOutdated(stored) {
      const { cost: old } = parsePhc(stored)
      return old.memoryKiB * old.passes < cost.memoryKiB * cost.passes
    },
  }
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

function phc(cost: HashingCost, salt: Buffer, hash: Buffer): string {
  const parameters = `m=${cost.memoryKiB},t=${cost.passes},p=${cost.lanes}`
  return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(hash)}`
}

const phcPattern = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

function parsePhc(stored: string): { cost: HashingCost; salt: Buffer; hash: Buffer } {
  const match = phcPattern.exec(stored)
  const cost = { memoryKiB: Number(match?.[1]), passes: Number(match?.[2]), lanes: Number(match?.[3]) }
  if (match === null || cost.memoryKiB > memoryKiBMax || cost.passes > passesMax) {
    throw new Error('A stored password hash is damaged. Set a new password for this account.')
  }
  return { cost, salt: Buffer.from(match[4]!, 'base64'), hash: Buffer.from(match[5]!, 'base64') }
}

/** Runs at most `runningMax` at once, in the order of arrival. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= runningMax) {
      if (waiting.length >= waitingMax) {
        throw refuse('M_LIMIT_EXCEEDED', 'Many people are signing in right now. Try again in a few seconds.', {
          fields: { retry_after_ms: 5_000 },
        })
      }
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      // The place is handed on, so that nobody who arrives now overtakes those who wait.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
