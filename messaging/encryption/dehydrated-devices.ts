import type { Subject } from '#access/api.ts'
import type { Devices, Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { limits, type Postgres, refuse } from '#platform/api.ts'
import { dehydratedDeviceRow, insertDehydratedDevice, lockDehydratedDevice } from '../store/dehydrated-devices.ts'
import type { Tail } from '../sync/tail.ts'
import type { DeviceKeys, DeviceKeysUpload } from './device-keys.ts'
import type { OneTimeKeys } from './one-time-keys.ts'
import type { ToDevice } from './to-device.ts'

type Deps = {
  postgres: Postgres
  users: Pick<Users, 'keyOf'>
  devices: Pick<Devices, 'keepIn' | 'endIn'>
  deviceKeys: DeviceKeys
  oneTimeKeys: OneTimeKeys
  toDevice: ToDevice
  tail: Pick<Tail, 'position'>
}

export type DehydratedDeviceUpload = DeviceKeysUpload & {
  readonly deviceId: string
  readonly displayName: string | undefined
  /** Its private half, encrypted by the client. */
  readonly deviceData: JsonObject
}

const purpose = 'dehydrated_device'
const placeForm = /^d(\d{1,15})$/

/**
 * A device that nobody is signed in on: it receives keys while its person has no other, and the next one that she signs in
 * on takes them over. https://github.com/matrix-org/matrix-spec-proposals/pull/3814
 */
export class DehydratedDevices {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Replaces the one that was there, with all that waits for it. Throws M_INVALID_PARAM for the id of another device. */
  async put(subject: Subject, upload: DehydratedDeviceUpload): Promise<void> {
    const { postgres, users, devices, deviceKeys, oneTimeKeys } = this.#deps
    const { userId, matrixId } = subject
    const { deviceId, displayName, deviceData } = upload
    const key = await users.keyOf(userId)
    const plain = Buffer.from(JSON.stringify(deviceData))
    if (plain.length > limits.dehydratedDeviceBytesMax) {
      throw refuse('M_TOO_LARGE', `device_data may have ${limits.dehydratedDeviceBytesMax} bytes. Send less.`)
    }
    const told = await postgres.transaction(async (tx) => {
      await lockDehydratedDevice(tx, userId)
      const before = await dehydratedDeviceRow(tx, userId)
      const ended = before === undefined ? undefined : await devices.endIn(tx, userId, [before.deviceId])
      if (!(await devices.keepIn(tx, userId, { deviceId, displayName }))) {
        throw refuse('M_INVALID_PARAM', 'You have another device with this id. Make a new one with keys of its own.')
      }
      const sealed = key.seal(purpose, `${userId}/${deviceId}`, plain)
      await insertDehydratedDevice(tx, { userId, deviceId, sealed })
      await oneTimeKeys.add(tx, { userId, deviceId }, key, upload.oneTimeKeys)
      await oneTimeKeys.putFallback(tx, { userId, deviceId }, key, upload.fallbackKeys)
      return [ended, await deviceKeys.put(tx, { userId, deviceId, matrixId }, key, upload.deviceKeys)]
    })
    for (const announcement of told) announcement?.announce()
  }

  /** Throws M_NOT_FOUND. */
  async get(userId: number): Promise<{ deviceId: string; deviceData: JsonObject }> {
    const row = await dehydratedDeviceRow(this.#deps.postgres, userId)
    if (row === undefined) throw none()
    const key = await this.#deps.users.keyOf(userId)
    const plain = key.open(purpose, `${userId}/${row.deviceId}`, row.sealed)
    return { deviceId: row.deviceId, deviceData: JSON.parse(plain.toString()) as JsonObject }
  }

  /** Ends it; answers which it was. Throws M_NOT_FOUND. */
  async delete(userId: number): Promise<string> {
    const { deviceId, told } = await this.#deps.postgres.transaction(async (tx) => {
      await lockDehydratedDevice(tx, userId)
      const row = await dehydratedDeviceRow(tx, userId)
      if (row === undefined) throw none()
      return { deviceId: row.deviceId, told: await this.#deps.devices.endIn(tx, userId, [row.deviceId]) }
    })
    told.announce()
    return deviceId
  }

  /**
   * What waits for it, from the beginning or behind a place that was answered, and whether that is all. Nothing is forgotten:
   * whoever takes it over may break off, and begin again. Throws M_FORBIDDEN for another device, M_INVALID_PARAM for a place
   * that is none.
   */
  async events(userId: number, deviceId: string, place: string | undefined) {
    const row = await dehydratedDeviceRow(this.#deps.postgres, userId)
    if (row?.deviceId !== deviceId) {
      throw refuse('M_FORBIDDEN', 'This is not your dehydrated device. Ask which it is, and take that one over.')
    }
    const match = place === undefined ? undefined : placeForm.exec(place)
    if (match === null) throw refuse('M_INVALID_PARAM', 'Go on with the next_batch that this endpoint gave.')
    const after = Number(match?.[1] ?? 0)
    const { toDevice, tail } = this.#deps
    const until = tail.position
    const { events, end } = await toDevice.waiting({ userId, deviceId }, after, until, limits.toDeviceAnswerMax)
    return { events, nextBatch: `d${Math.max(after, end)}`, isLast: end >= until }
  }
}

function none(): Error {
  return refuse('M_NOT_FOUND', 'You have no dehydrated device.')
}
