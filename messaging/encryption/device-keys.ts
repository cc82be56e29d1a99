import type { Subject } from '#access/api.ts'
import type { Users } from '#identity/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import { DatabaseError, type Postgres, refuse, type SealingKey, type Tx } from '#platform/api.ts'
import { deviceKeysForUpdate, insertDeviceKeys, updateDeviceKeys } from '../store/device-keys.ts'
import type { DeviceLists } from './device-lists.ts'
import type { OneTimeKeys } from './one-time-keys.ts'
import { type KeyUpload, saysTheSame, signaturesBy, withSignatures } from './public-keys.ts'
import type { DeviceId } from './to-device.ts'

export type DeviceKeysUpload = {
  readonly deviceKeys: JsonObject | undefined
  readonly oneTimeKeys: readonly KeyUpload[]
  readonly fallbackKeys: readonly KeyUpload[]
}

type Deps = {
  postgres: Postgres
  users: Pick<Users, 'keyOf'>
  deviceLists: DeviceLists
  oneTimeKeys: OneTimeKeys
}

const purpose = 'device_keys'
const foreignKeyViolation = '23503'

/** The keys of devices, as they publish them. https://spec.matrix.org/v1.19/client-server-api/#key-management-api */
export class DeviceKeys {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Stores what was checked by its shape, all or nothing. Answers how many one-time keys are there then. */
  async upload(subject: Subject, upload: DeviceKeysUpload): Promise<Record<string, number>> {
    const { postgres, users, oneTimeKeys } = this.#deps
    const key = await users.keyOf(subject.userId)
    const { counts, told } = await postgres
      .transaction(async (tx) => {
        await oneTimeKeys.add(tx, subject, key, upload.oneTimeKeys)
        await oneTimeKeys.putFallback(tx, subject, key, upload.fallbackKeys)
        const counts = await oneTimeKeys.counts(tx, subject)
        return { counts, told: await this.put(tx, subject, key, upload.deviceKeys) }
      })
      .catch(refuseWithoutDevice)
    told?.announce()
    return counts
  }

  /**
   * The identity keys of a device, last in the caller's transaction. They never change: who knows them would have to
   * believe that somebody else has taken the device's place.
   */
  async put(tx: Tx, device: DeviceId & { matrixId: string }, key: SealingKey, object: JsonObject | undefined) {
    if (object === undefined) return undefined
    const { userId, deviceId, matrixId } = device
    const row = { userId, deviceId, sealed: sealDeviceKeys(key, device, object) }
    if (!(await insertDeviceKeys(tx, row))) {
      const [stored] = await deviceKeysForUpdate(tx, userId, [deviceId])
      if (stored === undefined) throw new Error('device keys vanished while their device is here')
      const before = openDeviceKeys(key, stored)
      const after = replaced(before, object, matrixId)
      if (after === undefined) return undefined
      await updateDeviceKeys(tx, { userId, deviceId, sealed: sealDeviceKeys(key, device, after) })
    }
    return this.#deps.deviceLists.changed(tx, [userId])
  }
}

/** What the keys become when they are published again; undefined when that changes nothing. */
function replaced(before: JsonObject, now: JsonObject, matrixId: string): JsonObject | undefined {
  if (!saysTheSame({ keys: before.keys ?? {} }, { keys: now.keys ?? {} })) {
    throw refuse(
      'M_INVALID_PARAM',
      'This device has published other identity keys, and they cannot be changed. Sign in anew, as a new device.',
    )
  }
  // The signatures of others cover all that is said, so they hold only as long as it stays.
  if (!saysTheSame(before, now)) return now
  const known = signaturesBy(before, matrixId)
  const more = signaturesBy(now, matrixId)
  if ([...more].every(([keyId, signature]) => known.get(keyId) === signature)) return undefined
  return withSignatures(before, matrixId, more)
}

export function sealDeviceKeys(key: SealingKey, device: DeviceId, object: JsonObject): Buffer {
  return key.seal(purpose, subjectOf(device), Buffer.from(JSON.stringify(object)))
}

export function openDeviceKeys(key: SealingKey, row: DeviceId & { sealed: Buffer }): JsonObject {
  return JSON.parse(deviceKeysText(key, row)) as JsonObject
}

/** As JSON text, for answers that carry it on. */
export function deviceKeysText(key: SealingKey, row: DeviceId & { sealed: Buffer }): string {
  return key.open(purpose, subjectOf(row), row.sealed).toString()
}

function subjectOf({ userId, deviceId }: DeviceId): string {
  return `${userId}/${deviceId}`
}

/** The session may end while its keys are on their way. */
function refuseWithoutDevice(error: unknown): never {
  if (error instanceof DatabaseError && error.sqlState === foreignKeyViolation) {
    throw refuse('M_UNKNOWN_TOKEN', 'This device was signed out. Sign in again.', { fields: { soft_logout: false } })
  }
  throw error
}
