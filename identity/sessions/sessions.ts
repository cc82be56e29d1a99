import { type Clock, type Postgres, type Random, refuse, SealBroken, type SealingKey, type Tx } from '#platform/api.ts'
import type { Announcement, Device, DeviceLists, Devices, Users } from '../api.ts'
import {
  countDevices,
  type DeviceRow,
  deleteDevices,
  deviceNameRows,
  deviceRow,
  deviceSubject,
  devicesOfUser,
  renameDevice,
  upsertDevice,
} from '../store/device.ts'
import { deleteSessions, insertSession } from '../store/session.ts'
import type { EventSource } from './events.ts'
import { hashToken, makeToken } from './token.ts'

/** More is no person but a program that signs in and never out. */
const devicesOfUserMax = 500
const deviceIdLettersMade = 10
const deviceIdCharactersMax = 255
const deviceNameCharactersMax = 100

export type StartedSession = { readonly sessionId: number; readonly deviceId: string; readonly accessToken: string }

/** Sign-ins and the devices that they happen on: one session a device, and a device lives as long as its session. */
export interface Sessions extends Devices {
  /**
   * Signs in on a device. A device id of this person that is in use is taken over: its old session ends, its name stays.
   */
  start(
    userId: number,
    device: { deviceId?: string | undefined; displayName?: string | undefined },
  ): Promise<StartedSession>
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
  readonly db: Postgres
  readonly users: Pick<Users, 'keyOf' | 'keysOf'>
  readonly clock: Clock
  readonly random: Random
  readonly events: EventSource
  readonly deviceLists: DeviceLists
}

export function createSessions({ db, users, clock, random, events, deviceLists }: SessionsDeps): Sessions {
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

  async function start(userId: number, device: { deviceId?: string | undefined; displayName?: string | undefined }) {
    const deviceId = device.deviceId === undefined ? makeDeviceId(random) : checkDeviceId(device.deviceId)
    const sealedName = await sealName(userId, deviceId, device.displayName)
    const accessToken = makeToken(random, 'access')
    const { sessionId, replaced } = await db.transaction(async (tx) => {
      const nowTs = clock.nowMs()
      await upsertDevice(tx, { userId, deviceId, sealedName, nowTs })
      if ((await countDevices(tx, userId)) > devicesOfUserMax) {
        throw refuse('M_FORBIDDEN', 'You are signed in on too many devices. Sign out on those that you no longer use.')
      }
      const replaced = await deleteSessions(tx, userId, [deviceId])
      const sessionId = await insertSession(tx, { userId, deviceId, tokenHash: hashToken(accessToken), nowTs })
      return { sessionId, replaced }
    })
    events.sessionsEnded(replaced)
    return { sessionId, deviceId, accessToken }
  }

  async function endIn(tx: Tx, userId: number, deviceIds: readonly string[]) {
    const sessionIds = await deleteSessions(tx, userId, deviceIds)
    const ended = await deleteDevices(tx, userId, deviceIds)
    const told = ended.length === 0 ? undefined : await deviceLists.changed(tx, [userId])
    function announce() {
      events.sessionsEnded(sessionIds)
      events.devicesEnded(userId, ended)
      told?.announce()
    }
    return { ended, announce }
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
    async end(userId, deviceIds) {
      const { ended, announce } = await db.transaction((tx) => endIn(tx, userId, deviceIds))
      announce()
      return ended
    },
    async endAll(userId, keptDeviceId) {
      const { announce } = await db.transaction((tx) => endAllIn(tx, userId, keptDeviceId))
      announce()
    },
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

function makeDeviceId(random: Random): string {
  return [...random.bytes(deviceIdLettersMade)].map((byte) => String.fromCharCode(65 + (byte % 26))).join('')
}

/** A client may choose its device id freely, within what the tables and logs can carry. */
function checkDeviceId(deviceId: string): string {
  const isFit = deviceId !== '' && deviceId.length <= deviceIdCharactersMax && /^[\x21-\x7e]+$/.test(deviceId)
  if (!isFit) {
    throw refuse(
      'M_INVALID_PARAM',
      `A device id has 1 to ${deviceIdCharactersMax} visible ASCII characters. Leave it out to get one from the server.`,
    )
  }
  return deviceId
}
