import { setImmediate } from 'node:timers/promises'
import type { Subject } from '#access/api.ts'
import type { User, Users } from '#identity/api.ts'
import { isUserId, type JsonObject, verifyJson } from '#matrix/api.ts'
import { type ErrorCode, limits, type Postgres, type SealingKey, type Tx } from '#platform/api.ts'
import { crossSigningRows, lockCrossSigning, putCrossSigningKeys } from '../store/cross-signing-keys.ts'
import { deviceKeysForUpdate, updateDeviceKeys } from '../store/device-keys.ts'
import { type KeySignatureRow, putKeySignatures } from '../store/key-signatures.ts'
import { type CrossSigning, crossSigningText, sealCrossSigning, sealSignature } from './cross-signing.ts'
import { openDeviceKeys, sealDeviceKeys } from './device-keys.ts'
import type { DeviceLists } from './device-lists.ts'
import {
  type CrossSigningKey,
  type CrossSigningUsage,
  deviceSigningKey,
  saysTheSame,
  signaturesBy,
  withSignatures,
} from './public-keys.ts'

type Deps = {
  postgres: Postgres
  users: Pick<Users, 'byMatrixIds' | 'keyOf' | 'keysOf'>
  crossSigning: Pick<CrossSigning, 'keysOf'>
  deviceLists: DeviceLists
}

type Failure = { errcode: ErrorCode; error: string }
export type SignatureFailures = { [matrixId: string]: { [keyId: string]: Failure } }

/** Signed objects by Matrix id of the person whose key it is, then by device id or public key. */
export type SignedObjects = ReadonlyMap<string, ReadonlyMap<string, JsonObject>>

type Own = ReadonlyMap<CrossSigningUsage, CrossSigningKey>
type Signing = {
  readonly subject: Subject
  readonly key: SealingKey
  readonly own: Own
  readonly failed: SignatureFailures
}

const verifiedAtOnce = 50

const unknownKey: Failure = {
  errcode: 'M_NOT_FOUND',
  error: 'There is no such key. Load the keys of this person again.',
}
const otherObject: Failure = {
  errcode: 'M_INVALID_SIGNATURE',
  error: 'What was signed is not the key that is published. Load the keys of this person again.',
}
const wrongSignature: Failure = {
  errcode: 'M_INVALID_SIGNATURE',
  error: 'No signature here is by a key of yours that may sign this key, or it does not fit.',
}

/**
 * Signatures that people make: upon their own devices and master key, which all may see, and upon the master keys of
 * others, which nobody else may see.
 * https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload
 */
export class KeySignatures {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Takes in those that hold, and answers why the others do not. */
  async upload(subject: Subject, objects: SignedObjects): Promise<SignatureFailures> {
    const { postgres, users, deviceLists, crossSigning } = this.#deps
    const people = await users.byMatrixIds([...objects.keys()].filter(isUserId))
    const failed: SignatureFailures = Object.create(null)
    const key = await users.keyOf(subject.userId)
    const told = await postgres.transaction(async (tx) => {
      await lockCrossSigning(tx, subject.userId)
      const signing: Signing = { subject, key, own: await crossSigning.keysOf(tx, subject.userId), failed }
      const hasOwn = await this.#signOwn(tx, signing, objects.get(subject.matrixId) ?? new Map())
      const others = await this.#signOthers(tx, signing, objects, people)
      const announcements = [
        ...(hasOwn ? [await deviceLists.changed(tx, [subject.userId])] : []),
        ...(others.length > 0 ? [await deviceLists.changedFor(tx, others, subject.userId)] : []),
      ]
      return announcements
    })
    for (const announcement of told) announcement.announce()
    return failed
  }

  /** Whether anything new came. */
  async #signOwn(tx: Tx, signing: Signing, objects: ReadonlyMap<string, JsonObject>): Promise<boolean> {
    if (objects.size === 0) return false
    const { subject, key, own, failed } = signing
    const names = [...objects.keys()].filter((name) => !name.includes('\0'))
    // The devices that are signed, and those that may have signed the master key.
    const master = own.get('master')
    const signers = master === undefined ? [] : deviceIdsIn(objects.get(master.publicKey), subject.matrixId)
    const rows = await deviceKeysForUpdate(tx, subject.userId, [...names, ...signers])
    const devices = new Map(rows.map((row) => [row.deviceId, openDeviceKeys(key, row)]))
    let isNew = false
    let checked = 0
    for (const [name, object] of objects) {
      if (++checked % verifiedAtOnce === 0) await setImmediate()
      const isMaster = name === master?.publicKey
      const stored = isMaster ? master?.object : devices.get(name)
      if (stored === undefined) fail(failed, subject.matrixId, name, unknownKey)
      else if (!saysTheSame(object, stored)) fail(failed, subject.matrixId, name, otherObject)
      else {
        const good = isMaster ? byDevices(object, subject, devices) : byKey(object, subject, own.get('self_signing'))
        if (good.size === 0) fail(failed, subject.matrixId, name, wrongSignature)
        else if (await this.#merge(tx, signing, isMaster ? undefined : name, stored, good)) isNew = true
      }
    }
    return isNew
  }

  async #merge(
    tx: Tx,
    { subject, key, own }: Signing,
    deviceId: string | undefined,
    stored: JsonObject,
    good: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const { userId, matrixId } = subject
    const known = signaturesBy(stored, matrixId)
    if ([...good].every(([keyId, signature]) => known.get(keyId) === signature)) return false
    const object = withSignatures(stored, matrixId, good)
    if (deviceId !== undefined) {
      await updateDeviceKeys(tx, { userId, deviceId, sealed: sealDeviceKeys(key, { userId, deviceId }, object) })
      return true
    }
    const publicKey = own.get('master')?.publicKey ?? ''
    await putCrossSigningKeys(tx, userId, [sealCrossSigning(key, { userId, usage: 'master', publicKey }, object)])
    return true
  }

  /** The people upon whose master keys a new signature was made. */
  async #signOthers(
    tx: Tx,
    { subject, key, own, failed }: Signing,
    objects: SignedObjects,
    people: ReadonlyMap<string, User>,
  ): Promise<number[]> {
    const targets = [...people.values()].filter((user) => user.id !== subject.userId).map((user) => user.id)
    const masters = await this.#masters(tx, targets)
    const rows: KeySignatureRow[] = []
    let checked = 0
    for (const [matrixId, ofPerson] of objects) {
      if (matrixId === subject.matrixId) continue
      const targetId = people.get(matrixId)?.id ?? 0
      const master = masters.get(targetId)
      for (const [targetKey, object] of ofPerson) {
        if (++checked % verifiedAtOnce === 0) await setImmediate()
        if (master === undefined || master.publicKey !== targetKey) {
          fail(failed, matrixId, targetKey, unknownKey)
        } else if (!saysTheSame(object, master.object)) fail(failed, matrixId, targetKey, otherObject)
        else {
          const good = byKey(object, subject, own.get('user_signing'))
          if (good.size === 0) fail(failed, matrixId, targetKey, wrongSignature)
          for (const [keyId, signature] of good) {
            rows.push(sealSignature(key, subject.userId, { targetId, targetKey, keyId }, signature))
          }
        }
      }
    }
    if (rows.length > 0) await putKeySignatures(tx, subject.userId, rows)
    return [...new Set(rows.map((row) => row.targetId))]
  }

  async #masters(tx: Tx, userIds: readonly number[]): Promise<Map<number, CrossSigningKey>> {
    if (userIds.length === 0) return new Map()
    const rows = (await crossSigningRows(tx, userIds)).filter((row) => row.usage === 'master')
    const keys = await this.#deps.users.keysOf(rows.map((row) => row.userId))
    return new Map(
      rows.flatMap((row) => {
        const key = keys.get(row.userId)
        if (key === undefined) return []
        const object = JSON.parse(crossSigningText(key, row)) as JsonObject
        return [[row.userId, { publicKey: row.publicKey, object }] as const]
      }),
    )
  }
}

/** The signatures that devices of the person made and that hold. */
function byDevices(
  object: JsonObject,
  { matrixId }: Subject,
  devices: ReadonlyMap<string, JsonObject>,
): Map<string, string> {
  const good = new Map<string, string>()
  for (const [keyId, signature] of signaturesBy(object, matrixId)) {
    const deviceId = keyId.slice(keyId.indexOf(':') + 1)
    const device = devices.get(deviceId)
    const signingKey = device === undefined ? undefined : deviceSigningKey(device, deviceId)
    if (signingKey !== undefined && verifyJson(object, matrixId, keyId, signingKey)) good.set(keyId, signature)
    if (good.size >= limits.deviceSignaturesMax) break
  }
  return good
}

/** The signature that one cross-signing key of the person made, if it holds. */
function byKey(object: JsonObject, { matrixId }: Subject, signer: CrossSigningKey | undefined): Map<string, string> {
  if (signer === undefined) return new Map()
  const keyId = `ed25519:${signer.publicKey}`
  const signature = signaturesBy(object, matrixId).get(keyId)
  const holds = signature !== undefined && verifyJson(object, matrixId, keyId, signer.publicKey)
  return holds ? new Map([[keyId, signature]]) : new Map()
}

/** The devices that the signatures of a person upon an object name. */
function deviceIdsIn(object: JsonObject | undefined, matrixId: string): string[] {
  if (object === undefined) return []
  return [...signaturesBy(object, matrixId).keys()]
    .map((keyId) => keyId.slice(keyId.indexOf(':') + 1))
    .filter((id) => !id.includes('\0'))
}

function fail(failed: SignatureFailures, matrixId: string, keyId: string, failure: Failure): void {
  const ofPerson = failed[matrixId] ?? (Object.create(null) as { [keyId: string]: Failure })
  ofPerson[keyId] = failure
  failed[matrixId] = ofPerson
}
