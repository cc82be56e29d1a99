/**
 * Who you are: people and their internal ids, accounts, sign-in, devices and sessions.
 */
import type { RoleName, Subject } from '#access/api.ts'
import type { JsonBytes, SealingKey, Tx } from '#platform/api.ts'

/** Anybody that this server knows: own people and people of other servers. */
export type User = {
  readonly id: number
  readonly matrixId: string
  /** Whether the account is on this server. */
  readonly isLocal: boolean
}

/** People by Matrix id and by internal id, with a bounded memory in front of the table. */
export interface Users {
  /** From memory alone, for hot paths; `undefined` means "not in memory", never "does not exist". */
  peek(id: number): User | undefined
  peekByMatrixId(matrixId: string): User | undefined
  byId(id: number): Promise<User | undefined>
  byMatrixId(matrixId: string): Promise<User | undefined>
  /** Ids that nobody has are missing from the answer. */
  byIds(ids: readonly number[]): Promise<Map<number, User>>
  byMatrixIds(matrixIds: readonly string[]): Promise<Map<string, User>>
  /**
   * The users with these Matrix ids; those that are new (of other servers, say) get a row. The caller has checked that
   * they are well-formed. Commits on its own, so that a transaction that later fails leaves at most an unused row.
   */
  ensure(matrixIds: readonly string[]): Promise<Map<string, User>>
  /** The data key of the person, made at first need. Destroying it makes all that it sealed unreadable for good. */
  keyOf(userId: number): Promise<SealingKey>
  keysOf(userIds: readonly number[]): Promise<Map<number, SealingKey>>
  /** Whether it is an account of this server that can still sign in (a deactivated one cannot be invited). */
  isActive(userId: number): Promise<boolean>
  /**
   * Somebody in whose name the server does what she asked for earlier, with what she may do now and without a session (its id is
   * 0); undefined when the account is no longer in use.
   */
  subjectOf(userId: number, deviceId: string): Promise<Subject | undefined>
  /** The same for many, in one query. */
  activeAmong(userIds: readonly number[]): Promise<Set<number>>
  /** Those of these people who are guests of this server. */
  guestsAmong(userIds: readonly number[]): Promise<Set<number>>
  /** People who can sign in here and have an id above `after`, by id. */
  activePage(after: number, limit: number): Promise<User[]>
}

export type Device = {
  readonly userId: number
  readonly deviceId: string
  readonly displayName: string | undefined
  readonly lastSeenMs: number | undefined
  readonly lastSeenIp: string | undefined
}

export interface Devices {
  ofUser(userId: number): Promise<Device[]>
  one(userId: number, deviceId: string): Promise<Device | undefined>
  /** The devices of many people with the names that these gave them, in one query. Who has none is missing. */
  names(userIds: readonly number[]): Promise<Map<number, Map<string, string | undefined>>>
  /** Makes a device that nobody is signed in on, in the caller's transaction. False when the person has the id in use. */
  keepIn(tx: Tx, userId: number, device: { deviceId: string; displayName: string | undefined }): Promise<boolean>
  /** Signs devices out and forgets them, in the caller's transaction, who calls `announce` after the commit. */
  endIn(tx: Tx, userId: number, deviceIds: readonly string[]): Promise<Announcement>
}

/** Something that is told after the commit. */
export type Announcement = { announce(): void }

/** Lists of devices, as others see them, belong to messaging; identity says when one has changed. */
export interface DeviceLists {
  /** Called last in the transaction that ends or renames devices of these people. */
  changed(tx: Tx, userIds: readonly number[]): Promise<Announcement>
}

/** Names of people belong to messaging; identity asks for them and sets the first one. */
export interface Profiles {
  setDisplayName(userId: number, displayName: string): Promise<void>
  displayName(userId: number): Promise<string | undefined>
  displayNames(userIds: readonly number[]): Promise<Map<number, string>>
}

/** Somebody whose account has been closed, and whether nothing of her shall stay that need not. */
export type Departing = { readonly userId: number; readonly matrixId: string; readonly isErased: boolean }

/** What belongs to people beyond their accounts is others' to clear. */
export interface Departures {
  /** Runs once an account is closed, and again until it succeeds: what is done already must do no harm. */
  onDeparture(work: (person: Departing) => Promise<void>): void
  /** Finishes what a stop of the server or a failure left undone. @returns how many people were cleared. */
  finish(): Promise<number>
}

/**
 * Told after the commit on every node, whichever of them it happened on; one thing may be told twice. A listener must not
 * throw.
 */
export type IdentityEvents = {
  /** Sign-out, in whatever way: waiting requests of the session end. */
  onSessionEnded(listener: (sessionId: number) => void): () => void
  /** What the session may do is not what it was: what is remembered of it is forgotten, and waiting requests answer. */
  onSessionChanged(listener: (sessionId: number) => void): () => void
}

/** Proof of presence by password before a dangerous act (Matrix user-interactive authentication). */
export interface Presence {
  /**
   * @param auth the `auth` member of the body, if any
   * @param act what the proof is for, in words that stay the same; a session for one act opens no other
   * @param ip where the request comes from; wrong passwords count against it
   * @returns `undefined` when the person has proven herself; otherwise the 401 answer to send
   */
  challenge(subject: Subject, auth: unknown, act: string, ip: string): Promise<JsonBytes | undefined>
}

/** Makes accounts from inside the process: for the demo, for tests and for the command line. */
export interface Accounts {
  /**
   * A new account that can sign in. The password is bounded in length and otherwise taken as it is; what a person
   * chooses is checked where she chooses it. Throws M_USER_IN_USE, M_INVALID_USERNAME, M_EXCLUSIVE.
   */
  create(account: {
    username: string
    password: string
    role: RoleName
    displayName?: string | undefined
  }): Promise<User>
  /** Whether this server has any account. */
  any(): Promise<boolean>
}

/** What this installation says of itself. */
export interface Organisation {
  /** Its name; undefined before the set-up. */
  name(): Promise<string | undefined>
  setName(name: string): Promise<void>
  /** Whether it has an owner. */
  isSetUp(): Promise<boolean>
}

export interface Setup {
  /**
   * The token of a new set-up link while there is no owner, undefined afterwards. Only its hash is kept, so each call
   * makes a new one and ends the one before. It is part of `${publicUrl}/#/setup/TOKEN`.
   */
  ensureLink(): Promise<string | undefined>
}
