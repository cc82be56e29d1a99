import { lockedRefusal } from '#access/api.ts'
import {
  type Clock,
  type Limits,
  type Postgres,
  type Random,
  refuse,
  SealBroken,
  type SealingKey,
  type Tx,
} from '#platform/api.ts'
import type { Announcement, Device, DeviceLists, Devices, Users } from '../api.ts'
import { holdPassword } from '../store/account.ts'
import {
  countDevices,
  type DeviceRow,
  deleteDevices,
  deviceNameRows,
  deviceRow,
  deviceSubject,
  devicesOfUser,
  insertDevice,
  renameDevice,
  upsertDevice,
} from '../store/device.ts'
import {
  deleteSessions,
  insertSession,
  offerPair,
  promotePair,
  sessionByRefreshHash,
  sessionIdsOf,
  type TokenPair,
} from '../store/session.ts'
import type { EventSource } from './events.ts'
import { hashToken, isWellFormedToken, makeToken } from './token.ts'

const deviceIdLettersMade = 10
const deviceIdCharactersMax = 255
const deviceNameCharactersMax = 100

/** What a client is given to sign its requests with. Without a refresh token the access token lives with the session. */
export type Tokens = {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly expiresInMs: number | undefined
}

export type StartedSession = Tokens & { readonly deviceId: string }

export type DeviceWish = {
  readonly deviceId?: string | undefined
  readonly displayName?: string | undefined
  /** Whether the client can refresh: then its access tokens are short-lived. */
  readonly refresh?: boolean | undefined
}

/** Sign-ins and the devices that they happen on: one session a device, and a device lives as long as its session. */
export interface Sessions extends Devices {
  /**
   * Signs in on a device. A device id of this person that is in use is taken over: its old session ends, its name stays.
   * `account` is what was proven: throws M_FORBIDDEN when its password has changed since, because the change ended all
   * sessions that were there.
   */
  start(userId: number, device: DeviceWish, account?: { readonly passwordHash: string | null }): Promise<StartedSession>
  /**
   * New tokens for a refresh token. The pair before stays good until one of the new ones is used, because the answer may
   * be lost on its way. Throws M_UNKNOWN_TOKEN.
   */
  refresh(refreshToken: string): Promise<Tokens>
  /** The first use of an access token that a refresh gave: the one before ends. */
  promote(session: { readonly id: number; readonly userId: number }, tokenHash: Buffer): Promise<void>
  /** What the account may do has changed. Last in the caller's transaction; `announce` after its commit. */
  changedIn(tx: Tx, userId: number): Promise<Announcement>
  /** Signs devices out and forgets them. @returns the ids of those that were there. */
  end(userId: number, deviceIds: readonly string[]): Promise<string[]>
  /** Signs out on all devices, except for `keptDeviceId`. */
  endAll(userId: number, keptDeviceId?: string): Promise<void>
  /** The same, last in a transaction of the caller's, who calls `announce` after the commit. */
  endAllIn(tx: Tx, userId: number, keptDeviceId?: string): Promise<Announcement>
  /** @returns whether there is such a device. */
  rename(userId: number, deviceId: string, displayName: string | undefined): Promise<boolean>
}

export type SessionsDeps = {
  readonly limits: Pick<Limits, 'devicesOfPersonMax'>
  readonly db: Postgres
  readonly users: Pick<Users, 'keyOf' | 'keysOf'>
  readonly clock: Clock
  readonly random: Random
  readonly events: EventSource
  readonly deviceLists: DeviceLists
  /** How long an access token lives that can be refreshed. */
  readonly accessTokenLivesMs: number
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { db, users, clock, random, events, deviceLists, accessTokenLivesMs } = deps

  async function sealName(userId: number, deviceId: string, name: string | undefined): Promise<Buffer | null> {
    const text = name?.trim().slice(0, deviceNameCharactersMax)
    if (text === undefined || text === '') return null
    const key = await users.keyOf(userId)
    return key.seal('device.name', deviceSubject(userId, deviceId), Buffer.from(text))
  }

  async function present(rows: readonly DeviceRow[]): Promise<Device[]> {
    if (rows.length === 0) return []
    const key = await users.keyOf(rows[0]!.userId)
    return rows.map((row) => {
      const subject = deviceSubject(row.userId, row.deviceId)
      const open = (purpose: string, sealed: Buffer | null) =>
        sealed === null ? undefined : key.open(purpose, subject, sealed).toString()
      return {
        userId: row.userId,
        deviceId: row.deviceId,
        displayName: open('device.name', row.sealedName),
        lastSeenMs: row.lastSeenTs ?? undefined,
        lastSeenIp: open('device.address', row.sealedLastSeenIp),
      }
    })
  }

  function makePair(canRefresh: boolean): { tokens: Tokens; pair: TokenPair } {
    const accessToken = makeToken(random, 'access')
    const refreshToken = canRefresh ? makeToken(random, 'refresh') : undefined
    return {
      tokens: { accessToken, refreshToken, expiresInMs: canRefresh ? accessTokenLivesMs : undefined },
      pair: {
        tokenHash: hashToken(accessToken),
        refreshHash: refreshToken === undefined ? null : hashToken(refreshToken),
        expiresTs: canRefresh ? clock.nowMs() + accessTokenLivesMs : null,
      },
    }
  }

  async function start(userId: number, device: DeviceWish, account?: { passwordHash: string | null }) {
    const deviceId = device.deviceId === undefined ? makeDeviceId(random) : checkDeviceId(device.deviceId)
    const sealedName = await sealName(userId, deviceId, device.displayName)
    const { tokens, pair } = makePair(device.refresh === true)
    const told = await db.transaction(async (tx) => {
      if (account !== undefined && !(await holdPassword(tx, userId, account.passwordHash))) throw changedMeanwhile()
      const nowTs = clock.nowMs()
      await upsertDevice(tx, { userId, deviceId, sealedName, nowTs })
      await refuseTooMany(tx, userId)
      const replaced = await deleteSessions(tx, userId, [deviceId])
      await insertSession(tx, { userId, deviceId, pair, nowTs })
      return events.tell(tx, { userId, ended: replaced })
    })
    told.announce()
    return { ...tokens, deviceId }
  }

  async function refresh(refreshToken: string): Promise<Tokens> {
    const { tokens, pair } = makePair(true)
    const told = await db.transaction(async (tx) => {
      const row = isWellFormedToken(refreshToken, 'refresh')
        ? await sessionByRefreshHash(tx, hashToken(refreshToken))
        : undefined
      if (row === undefined) {
        throw refuse('M_UNKNOWN_TOKEN', 'This refresh token is unknown or has been used. Sign in again.', {
          fields: { soft_logout: false },
        })
      }
      if (row.lockedTs !== null) throw lockedRefusal()
      // Whoever refreshes with the second pair has received it.
      const promoted =
        !row.isCurrent && row.nextTokenHash !== null && (await promotePair(tx, row.id, row.nextTokenHash))
      await offerPair(tx, row.id, pair)
      return events.tell(tx, { userId: row.userId, changed: promoted ? [row.id] : [] })
    })
    told.announce()
    return tokens
  }

  async function promote(session: { readonly id: number; readonly userId: number }, tokenHash: Buffer): Promise<void> {
    const told = await db.transaction(async (tx) => {
      const promoted = await promotePair(tx, session.id, tokenHash)
      return events.tell(tx, { userId: session.userId, changed: promoted ? [session.id] : [] })
    })
    told.announce()
  }

  async function endIn(tx: Tx, userId: number, deviceIds: readonly string[]) {
    const sessionIds = await deleteSessions(tx, userId, deviceIds)
    const ended = await deleteDevices(tx, userId, deviceIds)
    const told = await events.tell(tx, { userId, ended: sessionIds })
    const listed = ended.length === 0 ? undefined : await deviceLists.changed(tx, [userId])
    function announce() {
      told.announce()
      listed?.announce()
    }
    return { ended, announce }
  }

  async function keepIn(tx: Tx, userId: number, device: { deviceId: string; displayName: string | undefined }) {
    const deviceId = checkDeviceId(device.deviceId)
    const sealedName = await sealName(userId, deviceId, device.displayName)
    if (!(await insertDevice(tx, { userId, deviceId, sealedName, nowTs: clock.nowMs() }))) return false
    await refuseTooMany(tx, userId)
    return true
  }

  async function refuseTooMany(tx: Tx, userId: number): Promise<void> {
    if ((await countDevices(tx, userId)) > deps.limits.devicesOfPersonMax) {
      throw refuse('M_FORBIDDEN', 'You are signed in on too many devices. Sign out on those that you no longer use.')
    }
  }

  async function endAllIn(tx: Tx, userId: number, keptDeviceId?: string) {
    const ids = (await devicesOfUser(tx, userId)).map((row) => row.deviceId).filter((id) => id !== keptDeviceId)
    return endIn(tx, userId, ids)
  }

  async function rename(userId: number, deviceId: string, displayName: string | undefined): Promise<boolean> {
    const sealedName = await sealName(userId, deviceId, displayName)
    const told = await db.transaction(async (tx) => {
      if (!(await renameDevice(tx, userId, deviceId, sealedName))) return undefined
      return deviceLists.changed(tx, [userId])
    })
    told?.announce()
    return told !== undefined
  }

  async function names(userIds: readonly number[]): Promise<Map<number, Map<string, string | undefined>>> {
    const rows = await deviceNameRows(db, userIds)
    const keys = await users.keysOf(rows.flatMap((row) => (row.sealedName === null ? [] : [row.userId])))
    const people = new Map<number, Map<string, string | undefined>>()
    for (const { userId, deviceId, sealedName } of rows) {
      const ofPerson = people.get(userId) ?? new Map<string, string | undefined>()
      people.set(userId, ofPerson)
      ofPerson.set(deviceId, nameIn(keys.get(userId), deviceSubject(userId, deviceId), sealedName))
    }
    return people
  }

  return {
    start,
    refresh,
    promote,
    changedIn: async (tx, userId) => events.tell(tx, { userId, changed: await sessionIdsOf(tx, userId) }),
    async end(userId, deviceIds) {
      const { ended, announce } = await db.transaction((tx) => endIn(tx, userId, deviceIds))
      announce()
      return ended
    },
    async endAll(userId, keptDeviceId) {
      const { announce } = await db.transaction((tx) => endAllIn(tx, userId, keptDeviceId))
      announce()
    },
    endIn,
    keepIn,
    endAllIn,
    rename,
    names,
    ofUser: async (userId) => present(await devicesOfUser(db, userId)),
    async one(userId, deviceId) {
      const row = await deviceRow(db, userId, deviceId)
      return row === undefined ? undefined : (await present([row]))[0]
    },
  }
}

/** A name that cannot be opened is told to nobody, and hides no device. */
function nameIn(key: SealingKey | undefined, subject: string, sealed: Buffer | null): string | undefined {
  if (key === undefined || sealed === null) return undefined
  try {
    return key.open('device.name', subject, sealed).toString()
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}

function changedMeanwhile() {
  return refuse('M_FORBIDDEN', 'The password of this account has been changed. Sign in with the new one.')
}

function makeDeviceId(random: Random): string {
  return [...random.bytes(deviceIdLettersMade)].map((byte) => String.fromCharCode(65 + (byte % 26))).join('')
}

/** A client may choose its device id freely, within what the tables and logs can carry. */
export function checkDeviceId(deviceId: string): string {
  const isFit = deviceId !== '' && deviceId.length <= deviceIdCharactersMax && /^[\x21-\x7e]+$/.test(deviceId)
  if (!isFit) {
    throw refuse(
      'M_INVALID_PARAM',
      `A device id has 1 to ${deviceIdCharactersMax} visible ASCII characters. Leave it out to get one from the server.`,
    )
  }
  return deviceId
}
