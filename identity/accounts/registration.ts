import { type Clock, JsonBytes, type Limits, type Postgres, type Random, refuse } from '#platform/api.ts'
import type { Organisation } from '../api.ts'
import type { PasswordHashes } from '../passwords/argon2.ts'
import { checkNewPassword } from '../passwords/rules.ts'
import { checkDeviceId, type DeviceWish } from '../sessions/sessions.ts'
import type { Attempts } from '../sign-in/attempts.ts'
import type { Auth, Confirmations, Proof, Stage } from '../sign-in/confirmations.ts'
import type { SignIn, SignInAnswer } from '../sign-in/sign-in.ts'
import { checkNewUsername, matrixIdOf } from '../users/usernames.ts'
import type { AccountKeeper } from './accounts.ts'
import type { RegistrationTokens } from './registration-tokens.ts'

/** Who may make an account for herself. */
export type RegistrationSettings = {
  /** `token` asks for a registration token, `open` for none. */
  readonly mode: 'closed' | 'token' | 'open'
  readonly guests: boolean
  /** A document that must be accepted. */
  readonly terms?: { readonly name: string; readonly url: string; readonly version: string } | undefined
}

export type RegistrationWish = {
  readonly username: string | undefined
  readonly password: string | undefined
  readonly device: DeviceWish
  readonly inhibitLogin: boolean
  readonly auth: unknown
}

export interface Registration {
  readonly settings: RegistrationSettings
  /** Makes an account for whoever passes the stages. @returns the sign-in, or the 401 that names the next stage. */
  register(wish: RegistrationWish, ip: string): Promise<SignInAnswer | Pick<SignInAnswer, 'user_id'> | JsonBytes>
  /** A visitor, who may only enter rooms that are open to guests. */
  registerGuest(device: DeviceWish): Promise<SignInAnswer>
  /** Throws M_FORBIDDEN unless people register here. */
  assertOpen(): void
  /** One stage of a confirmation, from the request or from a page in a browser. */
  prove(stage: Stage, auth: Auth, ip: string): Promise<Proof>
}

export type RegistrationDeps = {
  readonly limits: Pick<Limits, 'passwordCharactersMin'>
  readonly db: Postgres
  readonly clock: Clock
  readonly random: Random
  readonly serverName: string
  readonly settings: RegistrationSettings
  readonly accounts: Pick<AccountKeeper, 'insertIn' | 'assertFree'>
  readonly organisation: Pick<Organisation, 'name'>
  readonly passwords: PasswordHashes
  readonly confirmations: Pick<Confirmations, 'ask'>
  readonly tokens: Pick<RegistrationTokens, 'find' | 'spendIn'>
  readonly signIn: Pick<SignIn, 'asNewAccount'>
  readonly attempts: Attempts
}

const madeNameBytes = 6

export function createRegistration(deps: RegistrationDeps): Registration {
  const { db, random, serverName, settings, accounts, organisation, passwords, confirmations, tokens, signIn } = deps
  const stages: Stage[] = []
  if (settings.mode === 'token') stages.push('m.login.registration_token')
  if (settings.terms !== undefined) stages.push('m.login.terms')
  if (stages.length === 0) stages.push('m.login.dummy')
  const params = settings.terms === undefined ? {} : { 'm.login.terms': termsParams(settings.terms) }

  function assertOpen(): void {
    if (settings.mode !== 'closed') return
    throw refuse(
      'M_FORBIDDEN',
      'Accounts are made by invitation here. Ask an administrator of your organisation for one.',
    )
  }

  const madeName = (prefix: string) => `${prefix}${random.bytes(madeNameBytes).toString('hex')}`

  async function prove(stage: Stage, auth: Auth, ip: string): Promise<Proof> {
    if (stage !== 'm.login.registration_token') return {}
    if (typeof auth.token !== 'string') {
      return { problem: { errcode: 'M_MISSING_PARAM', error: 'The registration token is missing. Send it as token.' } }
    }
    const attempt = deps.attempts.begin(ip)
    const registrationTokenId = await tokens.find(auth.token)
    if (registrationTokenId === undefined) {
      return {
        problem: { errcode: 'M_UNAUTHORIZED', error: 'This registration token is not valid. Ask for another one.' },
      }
    }
    attempt.succeeded()
    return { registrationTokenId }
  }

  async function register(wish: RegistrationWish, ip: string) {
    assertOpen()
    const matrixId = checkNewUsername(wish.username?.toLowerCase() ?? madeName('u'), serverName)
    await accounts.assertFree(matrixId)
    if (wish.device.deviceId !== undefined) checkDeviceId(wish.device.deviceId)
    // Said before anything is confirmed, so that nobody accepts terms in vain.
    if (wish.password !== undefined) {
      const username = wish.username ?? ''
      checkNewPassword(wish.password, { username, organisation: await organisation.name() }, deps.limits)
    }
    const act = `register ${wish.username ?? ''}`
    const answer = await confirmations.ask({
      act,
      flows: [stages],
      params,
      auth: wish.auth,
      prove: (stage, auth) => prove(stage, auth, ip),
    })
    if (answer instanceof JsonBytes) return answer
    if (wish.password === undefined) {
      throw refuse('M_MISSING_PARAM', 'The password is missing. Send it as password.')
    }
    const passwordHash = await passwords.hash(wish.password)
    const userId = await db.transaction(async (tx) => {
      if (answer.registrationTokenId !== undefined) await tokens.spendIn(tx, answer.registrationTokenId)
      return accounts.insertIn(tx, { matrixId, passwordHash, role: 'member' })
    })
    return wish.inhibitLogin ? { user_id: matrixId } : signIn.asNewAccount(userId, matrixId, wish.device)
  }

  async function registerGuest(device: DeviceWish): Promise<SignInAnswer> {
    if (!settings.guests) throw refuse('M_GUEST_ACCESS_FORBIDDEN', 'Guests are not admitted here. Ask for an account.')
    const matrixId = matrixIdOf(madeName('guest-'), serverName)
    const userId = await db.transaction((tx) => accounts.insertIn(tx, { matrixId, passwordHash: null, role: 'guest' }))
    return signIn.asNewAccount(userId, matrixId, { displayName: device.displayName })
  }

  return { settings, register, registerGuest, assertOpen, prove }
}

function termsParams({ name, url, version }: NonNullable<RegistrationSettings['terms']>) {
  return { policies: { terms: { version, en: { name, url } } } }
}
