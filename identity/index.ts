import type { Access, Principal } from '#access/api.ts'
import {
  type Clock,
  type Gate,
  type Limits,
  type Log,
  limits,
  type Postgres,
  type Random,
  type Route,
  type ShownSettings,
  type Vault,
} from '#platform/api.ts'
import { createAccounts } from './accounts/accounts.ts'
import { createDepartures } from './accounts/departures.ts'
import { createInvitations, type Invitations } from './accounts/invitations.ts'
import { createModeration } from './accounts/moderation.ts'
import { createOrganisation } from './accounts/organisation.ts'
import { createPeople } from './accounts/people.ts'
import { createRegistration, type RegistrationSettings } from './accounts/registration.ts'
import { createRegistrationTokens, type RegistrationTokens } from './accounts/registration-tokens.ts'
import { createSetup } from './accounts/setup.ts'
import { createSharedSecret } from './accounts/shared-secret.ts'
import type {
  Accounts,
  Departures,
  DeviceLists,
  Devices,
  IdentityEvents,
  Organisation,
  Presence,
  Profiles,
  Setup,
  Users,
} from './api.ts'
import { identityRoutes } from './http/routes.ts'
import { createPasswordHashes, hashingCosts } from './passwords/argon2.ts'
import { type ApiTokens, createApiTokens } from './programs/api-tokens.ts'
import { createEvents, type EventSource } from './sessions/events.ts'
import { createGate } from './sessions/gate.ts'
import { createLastSeen } from './sessions/last-seen.ts'
import { createSessions, type Sessions } from './sessions/sessions.ts'
import { createAttempts } from './sign-in/attempts.ts'
import { createConfirmations } from './sign-in/confirmations.ts'
import { createLoginTokens, type LoginTokens } from './sign-in/login-tokens.ts'
import { createOpenIdProofs } from './sign-in/open-id-proofs.ts'
import { createPresence } from './sign-in/presence.ts'
import { createSignIn } from './sign-in/sign-in.ts'
import { deleteApiTokensBefore } from './store/api-token.ts'
import { deleteConfirmationsBefore } from './store/confirmation.ts'
import { deleteLoginTokensBefore } from './store/login-token.ts'
import { deleteOpenIdTokensBefore } from './store/open-id-token.ts'
import { createUsers } from './users/users.ts'

export type UserDirectoryDeps = {
  readonly db: Postgres
  readonly vault: Vault
  readonly clock: Clock
  readonly random: Random
  readonly serverName: string
  readonly deviceLists: DeviceLists
  readonly accessTokenLivesMs?: number | undefined
  readonly limits: Limits
  readonly log: Pick<Log, 'append' | 'announce' | 'follow' | 'knownUpToMs' | 'reachNewest'>
}

/** What others need to know of people before there is anybody to sign in: messaging is built on it. */
export interface UserDirectory {
  readonly users: Users
  readonly devices: Devices
  readonly events: IdentityEvents
}

type OwnDirectory = UserDirectory & { readonly devices: Sessions; readonly events: EventSource }

export function createUserDirectory(deps: UserDirectoryDeps): OwnDirectory {
  const users = createUsers(deps)
  const events = createEvents(deps)
  return {
    users,
    events,
    devices: createSessions({
      ...deps,
      users,
      events,
      accessTokenLivesMs: deps.accessTokenLivesMs ?? limits.accessTokenLivesMs,
    }),
  }
}

export type IdentitySettings = {
  readonly serverName: string
  /** Where browsers reach the server, without a slash at its end. */
  readonly publicUrl: string
  readonly version: string
  readonly isDemo: boolean
  /** Opens `/_synapse/admin/v1/register`. */
  readonly registrationSharedSecret?: string | undefined
  /** Left out: closed. */
  readonly registration?: RegistrationSettings
  /** How long an access token lives that can be refreshed. Left out: the limit of the table. */
  readonly accessTokenLivesMs?: number
  /** What administrators see of the settings. */
  readonly shown?: ShownSettings
  /** Whom to ask for help with this server. */
  readonly support?: { readonly email?: string | undefined; readonly page?: string | undefined }
  /** `cheap` is for tests only. */
  readonly passwordHashing: keyof typeof hashingCosts
  /** Off is for tests only. */
  readonly rateLimits: boolean
}

export type IdentityDeps = Omit<UserDirectoryDeps, 'serverName' | 'deviceLists'> & {
  readonly directory: OwnDirectory
  readonly access: Pick<Access, 'admit' | 'require'>
  readonly profiles: Profiles
  readonly settings: IdentitySettings
}

export interface Identity extends UserDirectory {
  readonly routes: readonly Route[]
  readonly gate: Gate<Principal | undefined>
  readonly presence: Presence
  readonly accounts: Accounts
  readonly organisation: Organisation
  readonly setup: Setup
  readonly invitations: Pick<Invitations, 'create'>
  readonly departures: Departures
  readonly apiTokens: ApiTokens
  readonly registrationTokens: RegistrationTokens
  readonly loginTokens: Pick<LoginTokens, 'create'>
  /** Writes down from time to time when devices were seen; ends, after a last writing, when the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
  /** Deletes tokens and confirmations that ended before. @returns how many. */
  forgetBefore(ts: number): Promise<number>
}

async function forgetBefore(db: Postgres, ts: number): Promise<number> {
  const gone = [deleteLoginTokensBefore, deleteConfirmationsBefore, deleteOpenIdTokensBefore, deleteApiTokensBefore]
  let count = 0
  for (const forget of gone) count += await forget(db, ts)
  return count
}

/** The secret that is mixed into password hashes comes from the vault under this name. */
const passwordSecret = ['password', 'argon2id secret'] as const

/** By which people prove who they are. */
function createProofs({ db, vault, clock, random, directory, settings }: IdentityDeps) {
  const { serverName } = settings
  const passwords = createPasswordHashes({
    random,
    secret: vault.lookupHash(...passwordSecret),
    cost: hashingCosts[settings.passwordHashing],
  })
  const loginTokens = createLoginTokens({ db, clock, random })
  const attempts = createAttempts({ clock, isOn: settings.rateLimits })
  const signIn = createSignIn({ db, passwords, sessions: directory.devices, loginTokens, attempts, serverName })
  const confirmations = createConfirmations({ db, clock, random })
  const presence = createPresence({ signIn, confirmations, serverName })
  return { passwords, loginTokens, attempts, signIn, confirmations, presence }
}

export function createIdentity(deps: IdentityDeps): Identity {
  const { db, vault, clock, random, access, profiles, settings } = deps
  const { users, events, devices: sessions } = deps.directory
  const { serverName } = settings
  const proofs = createProofs(deps)
  const { presence } = proofs
  const organisation = createOrganisation({ db, vault })
  const departures = createDepartures({ db, clock })
  const shared = {
    db,
    vault,
    clock,
    random,
    serverName,
    limits: deps.limits,
    users,
    ...proofs,
    sessions,
    profiles,
    events,
    departures,
  }
  const accounts = createAccounts(shared)
  const setup = createSetup({ ...shared, accounts })
  const invitations = createInvitations({ ...shared, accounts, organisation })
  const apiTokens = createApiTokens({ db, vault, clock, random })
  const registrationTokens = createRegistrationTokens({ db, vault, clock, random })
  const registration = createRegistration({
    ...shared,
    settings: settings.registration ?? { mode: 'closed', guests: false },
    accounts,
    organisation,
    tokens: registrationTokens,
  })
  const secret = settings.registrationSharedSecret
  const lastSeen = createLastSeen({ db, users, clock, events })
  const routes = identityRoutes({
    ...settings,
    ...shared,
    accounts,
    setup,
    invitations,
    organisation,
    people: createPeople({ db, profiles }),
    registration,
    registrationTokens,
    apiTokens,
    openIdProofs: createOpenIdProofs({ db, clock, random }),
    support: settings.support ?? {},
    shown: settings.shown ?? { options: {}, rates: {}, limits: deps.limits },
    moderation: createModeration({ ...shared, accounts, organisation }),
    access,
    sharedSecret: secret === undefined ? undefined : createSharedSecret({ ...shared, accounts, secret }),
  })
  return {
    ...deps.directory,
    routes,
    gate: createGate({ db, clock, access, log: deps.log, events, sessions, lastSeen, apiTokens }),
    presence,
    accounts,
    organisation,
    setup,
    invitations,
    departures,
    apiTokens,
    registrationTokens,
    loginTokens: proofs.loginTokens,
    run: (signal) => lastSeen.run(signal),
    forgetBefore: (ts) => forgetBefore(db, ts),
  }
}
