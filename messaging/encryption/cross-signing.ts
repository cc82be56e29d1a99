import type { Subject } from '#access/api.ts'
import type { Devices, Users } from '#identity/api.ts'
import { isJsonObject, type JsonObject, ownKey, verifyJson } from '#matrix/api.ts'
import { type Db, type Postgres, refuse, type SealingKey, type Tx } from '#platform/api.ts'
import {
  type CrossSigningRow,
  crossSigningRows,
  lockCrossSigning,
  putCrossSigningKeys,
  removeCrossSigningKeys,
} from '../store/cross-signing-keys.ts'
import { type KeySignatureRow, removeKeySignaturesBy, removeKeySignaturesUpon } from '../store/key-signatures.ts'
import type { DeviceLists } from './device-lists.ts'
import {
  type CrossSigningKey,
  type CrossSigningUsage,
  crossSigningUsages,
  parseCrossSigningKey,
  saysTheSame,
} from './public-keys.ts'

type Deps = {
  postgres: Postgres
  users: Pick<Users, 'keyOf'>
  devices: Pick<Devices, 'names'>
  deviceLists: DeviceLists
}

type Keys = ReadonlyMap<CrossSigningUsage, CrossSigningKey>

/** A change that was checked and is not stored yet. */
export type CrossSigningChange = {
  /** What the change was checked against. */
  readonly before: Keys
  /** The keys that differ from those. */
  readonly fresh: Keys
  /** Whether it replaces or adds to keys that others may trust already, so that the person must prove who she is. */
  readonly needsProof: boolean
}

/**
 * The keys by which people vouch for their devices and for each other.
 * https://spec.matrix.org/v1.19/client-server-api/#cross-signing
 */
export class CrossSigning {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Checks new keys. Throws M_MISSING_PARAM, M_INVALID_PARAM, M_INVALID_SIGNATURE, M_FORBIDDEN. */
  async prepare(subject: Subject, body: JsonObject): Promise<CrossSigningChange> {
    const { matrixId, userId } = subject
    const given = new Map<CrossSigningUsage, CrossSigningKey>()
    for (const usage of crossSigningUsages) {
      const source = ownKey(body, `${usage}_key`)
      if (source === undefined || source === null) continue
      if (!isJsonObject(source)) throw refuse('M_BAD_JSON', `${usage}_key must be an object.`)
      given.set(usage, parseCrossSigningKey(source, usage, matrixId))
    }
    const before = await this.keysOf(this.#deps.postgres, userId)
    const master = given.get('master') ?? before.get('master')
    if (master === undefined) throw refuse('M_MISSING_PARAM', 'There is no master key yet. Send master_key too.')
    for (const [usage, { object }] of given) {
      const signedBy = `ed25519:${master.publicKey}`
      if (usage !== 'master' && !verifyJson(object, matrixId, signedBy, master.publicKey)) {
        throw refuse('M_INVALID_SIGNATURE', `${usage}_key is not signed by the master key, or the signature is wrong.`)
      }
    }
    await this.#refuseDeviceIds(userId, given)
    const fresh = new Map([...given].filter(([usage, key]) => !isSame(before.get(usage), key)))
    return { before, fresh, needsProof: before.has('master') && fresh.size > 0 }
  }

  /** Signatures name keys and devices alike; nobody must be able to take one for the other. */
  async #refuseDeviceIds(userId: number, given: Keys): Promise<void> {
    const devices = (await this.#deps.devices.names([userId])).get(userId)
    for (const { publicKey } of given.values()) {
      if (devices?.has(publicKey)) {
        throw refuse('M_FORBIDDEN', 'This public key is the id of one of your devices. Make another key.')
      }
    }
  }

  /** Stores the change; false when the keys were changed since it was checked. */
  async store(subject: Subject, change: CrossSigningChange): Promise<boolean> {
    if (change.fresh.size === 0) return true
    const { postgres, users, deviceLists } = this.#deps
    const { userId } = subject
    const key = await users.keyOf(userId)
    const told = await postgres.transaction(async (tx) => {
      await lockCrossSigning(tx, userId)
      const now = await this.keysOf(tx, userId)
      const isAsChecked = crossSigningUsages.every(
        (usage) => now.get(usage)?.publicKey === change.before.get(usage)?.publicKey,
      )
      if (!isAsChecked) return undefined
      await this.#replace(tx, userId, key, change)
      return deviceLists.changed(tx, [userId])
    })
    told?.announce()
    return told !== undefined
  }

  async #replace(tx: Tx, userId: number, key: SealingKey, { before, fresh }: CrossSigningChange): Promise<void> {
    if (fresh.has('master') && before.has('master')) {
      // What the old master key vouched for is nothing any more.
      await removeCrossSigningKeys(tx, userId, ['self_signing', 'user_signing'])
      await removeKeySignaturesUpon(tx, userId)
    }
    if (before.has('user_signing') && (fresh.has('master') || fresh.has('user_signing'))) {
      await removeKeySignaturesBy(tx, userId)
    }
    const rows = [...fresh].map(([usage, { publicKey, object }]) =>
      sealCrossSigning(key, { userId, usage, publicKey }, object),
    )
    await putCrossSigningKeys(tx, userId, rows)
  }

  /** The person's own keys. */
  async keysOf(db: Db, userId: number): Promise<Map<CrossSigningUsage, CrossSigningKey>> {
    const key = await this.#deps.users.keyOf(userId)
    const rows = await crossSigningRows(db, [userId])
    return new Map(
      rows.map((row) => [
        row.usage as CrossSigningUsage,
        { publicKey: row.publicKey, object: JSON.parse(crossSigningText(key, row)) as JsonObject },
      ]),
    )
  }
}

function isSame(before: CrossSigningKey | undefined, now: CrossSigningKey): boolean {
  return before !== undefined && saysTheSame(before.object, now.object)
}

type CrossSigningPlace = Omit<CrossSigningRow, 'sealed'>

export function sealCrossSigning(key: SealingKey, place: CrossSigningPlace, object: JsonObject): CrossSigningRow {
  return { ...place, sealed: key.seal('cross_signing_key', subjectOf(place), Buffer.from(JSON.stringify(object))) }
}

/** The key object as JSON text. */
export function crossSigningText(key: SealingKey, row: CrossSigningRow): string {
  return key.open('cross_signing_key', subjectOf(row), row.sealed).toString()
}

function subjectOf({ userId, usage, publicKey }: CrossSigningPlace): string {
  return `${userId}/${usage}/${publicKey}`
}

type SignaturePlace = Omit<KeySignatureRow, 'sealed'>

export function sealSignature(
  key: SealingKey,
  signerId: number,
  place: SignaturePlace,
  signature: string,
): KeySignatureRow {
  return { ...place, sealed: key.seal('key_signature', signatureSubject(signerId, place), Buffer.from(signature)) }
}

export function openSignature(key: SealingKey, signerId: number, row: KeySignatureRow): string {
  return key.open('key_signature', signatureSubject(signerId, row), row.sealed).toString()
}

function signatureSubject(signerId: number, { targetId, targetKey, keyId }: SignaturePlace): string {
  return `${signerId}/${targetId}/${targetKey}/${keyId}`
}
