import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Clock, type Random, refuse } from '#platform/api.ts'
import type { Attempts } from '../sign-in/attempts.ts'
import type { SignIn, SignInAnswer } from '../sign-in/sign-in.ts'
import type { AccountKeeper } from './accounts.ts'
import { checkDisplayName } from './names.ts'

const nonceLivesMs = 60_000
const nonceBytes = 32
const noncesMax = 10_000

export type SharedSecretWish = {
  readonly nonce: string
  readonly username: string
  readonly password: string
  /** HMAC-SHA-1 under the shared secret over nonce, username, password and `admin` or `notadmin`, joined by U+0000. */
  readonly mac: string
  readonly isAdmin: boolean
  readonly displayName: string | undefined
  /** Part of the authenticated text when given, and otherwise without meaning here. */
  readonly userType: string | undefined
}

/** The customary way for automation to make accounts, by a secret that both sides know. */
export interface SharedSecret {
  nonce(): string
  register(wish: SharedSecretWish, ip: string): Promise<SignInAnswer>
}

export type SharedSecretDeps = {
  readonly secret: string
  readonly clock: Clock
  readonly random: Random
  readonly accounts: Pick<AccountKeeper, 'create'>
  readonly signIn: Pick<SignIn, 'asNewAccount'>
  readonly attempts: Attempts
}

export function createSharedSecret(deps: SharedSecretDeps): SharedSecret {
  const { secret, clock, random, accounts, signIn, attempts } = deps
  const nonces = new Map<string, number>()

  function nonce(): string {
    const made = random.bytes(nonceBytes).toString('hex')
    nonces.set(made, clock.nowMs())
    if (nonces.size > noncesMax) nonces.delete(nonces.keys().next().value!)
    return made
  }

  function takeNonce(given: string): void {
    const madeMs = nonces.get(given)
    nonces.delete(given)
    if (madeMs === undefined || clock.nowMs() - madeMs > nonceLivesMs) {
      throw refuse('M_UNKNOWN', 'This nonce is unknown, used or older than a minute. Get a new one with GET.', {
        status: 400,
      })
    }
  }

  async function register(wish: SharedSecretWish, ip: string): Promise<SignInAnswer> {
    const attempt = attempts.begin(ip)
    takeNonce(wish.nonce)
    const parts = [wish.nonce, wish.username, wish.password, wish.isAdmin ? 'admin' : 'notadmin']
    if (wish.userType !== undefined) parts.push(wish.userType)
    const mac = createHmac('sha1', secret).update(parts.join('\0')).digest()
    const given = Buffer.from(wish.mac, 'hex')
    if (given.length !== mac.length || !timingSafeEqual(given, mac)) {
      throw refuse('M_FORBIDDEN', 'The HMAC is wrong. Check the shared secret and the order of what it covers.')
    }
    attempt.succeeded()
    const user = await accounts.create({
      username: wish.username.toLowerCase(),
      password: wish.password,
      role: wish.isAdmin ? 'administrator' : 'member',
      displayName: wish.displayName === undefined ? undefined : checkDisplayName(wish.displayName),
    })
    return signIn.asNewAccount(user.id, user.matrixId)
  }

  return { nonce, register }
}
