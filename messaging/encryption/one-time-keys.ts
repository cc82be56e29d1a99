import type { Users } from '#identity/api.ts'
import { canonicalBytes, isUserId, type JsonObject, type JsonValue, serverOf } from '#matrix/api.ts'
import {
  type Clock,
  type Db,
  type Limits,
  type Postgres,
  refuse,
  SealBroken,
  type SealingKey,
  type Tx,
} from '#platform/api.ts'
import { claimFallbackKeys, fallbackKeysForUpdate, putFallbackKeys } from '../store/fallback-keys.ts'
import {
  type ClaimedKeyRow,
  claimOneTimeKeys,
  forgetClaimedKeysBefore,
  insertOneTimeKeys,
  type KeyWish,
  knownOneTimeKeys,
  oneTimeKeyCounts,
  removeClaimedKeys,
} from '../store/one-time-keys.ts'
import { type Failures, failuresOf } from './failures.ts'
import type { KeyUpload } from './public-keys.ts'
import type { DeviceId } from './to-device.ts'

type Deps = {
  postgres: Postgres
  clock: Clock
  users: Pick<Users, 'byMatrixIds' | 'keysOf'>
  serverName: string
  limits: Pick<Limits, 'oneTimeKeysMax'>
}

/** By Matrix id of the person, then by device: the algorithm that is wanted. */
export type ClaimWishes = ReadonlyMap<string, ReadonlyMap<string, string>>
export type ClaimAnswer = {
  one_time_keys: { [matrixId: string]: { [deviceId: string]: JsonObject } }
  failures: Failures
}

const oneTime = 'one_time_key'
const fallback = 'fallback_key'

/**
 * Keys by which others begin an encrypted conversation with a device that is away.
 * https://spec.matrix.org/v1.19/client-server-api/#one-time-and-fallback-keys
 */
export class OneTimeKeys {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /**
   * Adds keys. One that is there already, or was and has been claimed, is passed over when it is the same; an id that
   * stands for another key is refused.
   */
  async add(tx: Tx, device: DeviceId, key: SealingKey, uploads: readonly KeyUpload[]): Promise<void> {
    if (uploads.length === 0) return
    const fresh = new Set(await this.#insert(tx, device, key, uploads))
    const others = uploads.filter((upload) => !fresh.has(nameOf(upload)))
    const changed: KeyUpload[] = []
    const known = new Map((await knownOneTimeKeys(tx, device, others)).map((row) => [nameOf(row), row]))
    for (const upload of others) {
      const row = known.get(nameOf(upload))
      const before = row === undefined ? undefined : openKey(key, oneTime, { ...device, ...row })
      if (before !== undefined && isSame(before, upload.value)) continue
      if (row?.isClaimed === false) {
        throw refuse(
          'M_INVALID_PARAM',
          `A different one-time key "${nameOf(upload)}" is there already. Use another id.`,
        )
      }
      changed.push(upload)
    }
    // A claimed key's id may stand for a new key: the claimed one is with its claimer.
    await removeClaimedKeys(tx, device, changed)
    await this.#insert(tx, device, key, changed)
    const counts = await oneTimeKeyCounts(tx, [device])
    if (counts.reduce((sum, row) => sum + row.count, 0) > this.#deps.limits.oneTimeKeysMax) {
      throw refuse(
        'M_TOO_LARGE',
        `A device may keep ${this.#deps.limits.oneTimeKeysMax} one-time keys here. Send fewer.`,
      )
    }
  }

  async #insert(tx: Tx, device: DeviceId, key: SealingKey, uploads: readonly KeyUpload[]): Promise<string[]> {
    if (uploads.length === 0) return []
    const rows = uploads.map(({ algorithm, keyId, value }) => ({
      algorithm,
      keyId,
      sealed: sealKey(key, oneTime, { ...device, algorithm, keyId }, value),
    }))
    return (await insertOneTimeKeys(tx, device, rows)).map(nameOf)
  }

  /** Replaces fallback keys; the same key sent again stays as used as it was. */
  async putFallback(tx: Tx, device: DeviceId, key: SealingKey, uploads: readonly KeyUpload[]): Promise<void> {
    if (uploads.length === 0) return
    if (new Set(uploads.map((upload) => upload.algorithm)).size < uploads.length) {
      throw refuse('M_INVALID_PARAM', 'There can be one fallback key an algorithm. Send one.')
    }
    const known = new Map((await fallbackKeysForUpdate(tx, device)).map((row) => [nameOf(row), row]))
    const fresh = uploads.filter((upload) => {
      const row = known.get(nameOf(upload))
      const before = row === undefined ? undefined : openKey(key, fallback, { ...device, ...row })
      return before === undefined || !isSame(before, upload.value)
    })
    if (fresh.length === 0) return
    const rows = fresh.map(({ algorithm, keyId, value }) => ({
      algorithm,
      keyId,
      sealed: sealKey(key, fallback, { ...device, algorithm, keyId }, value),
    }))
    await putFallbackKeys(tx, device, rows)
  }

  /** One key for each wish: the oldest one-time key, which nobody else gets, or else the fallback key. */
  async claim(wishes: ClaimWishes): Promise<ClaimAnswer> {
    const { postgres, clock, users, serverName } = this.#deps
    const answer: ClaimAnswer = { one_time_keys: {}, failures: failuresOf(wishes.keys(), serverName) }
    const own = [...wishes.keys()].filter((matrixId) => isUserId(matrixId) && serverOf(matrixId) === serverName)
    const people = await users.byMatrixIds(own)
    const wanted: KeyWish[] = []
    const matrixIds = new Map<number, string>()
    for (const [matrixId, { id: userId }] of people) {
      matrixIds.set(userId, matrixId)
      for (const [deviceId, algorithm] of wishes.get(matrixId) ?? []) {
        if (!deviceId.includes('\0') && !algorithm.includes('\0')) wanted.push({ userId, deviceId, algorithm })
      }
    }
    if (wanted.length === 0) return answer
    const taken = await claimOneTimeKeys(postgres, wanted, clock.nowMs())
    const got = new Set(taken.map(wishName))
    const left = wanted.filter((wish) => !got.has(wishName(wish)))
    const spare = left.length === 0 ? [] : await claimFallbackKeys(postgres, left)
    const keys = await users.keysOf([...new Set([...taken, ...spare].map((row) => row.userId))])
    const add = (purpose: string) => (row: ClaimedKeyRow) => {
      const matrixId = matrixIds.get(row.userId)
      const key = keys.get(row.userId)
      const value = key === undefined ? undefined : openKey(key, purpose, row)
      if (matrixId === undefined || value === undefined) return
      const ofPerson: { [deviceId: string]: JsonObject } = answer.one_time_keys[matrixId] ?? Object.create(null)
      ofPerson[row.deviceId] = { [nameOf(row)]: value }
      answer.one_time_keys[matrixId] = ofPerson
    }
    taken.forEach(add(oneTime))
    spare.forEach(add(fallback))
    return answer
  }

  /** How many are left, by algorithm: the answer to an upload. */
  async counts(db: Db, device: DeviceId): Promise<Record<string, number>> {
    return countsOf(await oneTimeKeyCounts(db, [device]))
  }

  forgetClaimedBefore(ts: number): Promise<number> {
    return forgetClaimedKeysBefore(this.#deps.postgres, ts)
  }
}

/** Clients wait for this algorithm's count before they publish keys of it, so that none left must be said as 0. */
export function countsOf(rows: readonly { algorithm: string; count: number }[]): Record<string, number> {
  const counts: Record<string, number> = Object.create(null)
  counts.signed_curve25519 = 0
  for (const row of rows) counts[row.algorithm] = row.count
  return counts
}

type KeyPlace = DeviceId & { readonly algorithm: string; readonly keyId: string }

function sealKey(key: SealingKey, purpose: string, place: KeyPlace, value: JsonValue): Buffer {
  return key.seal(purpose, subjectOf(place), Buffer.from(JSON.stringify(value)))
}

/** Undefined for what was altered. */
function openKey(key: SealingKey, purpose: string, row: KeyPlace & { sealed: Buffer }): JsonValue | undefined {
  try {
    return JSON.parse(key.open(purpose, subjectOf(row), row.sealed).toString()) as JsonValue
  } catch (error) {
    if (error instanceof SealBroken) return undefined
    throw error
  }
}

function subjectOf({ userId, deviceId, algorithm, keyId }: KeyPlace): string {
  return `${userId}/${deviceId}/${algorithm}:${keyId}`
}

function nameOf(key: { algorithm: string; keyId: string }): string {
  return `${key.algorithm}:${key.keyId}`
}

function wishName(wish: KeyWish): string {
  return `${wish.userId} ${wish.deviceId} ${wish.algorithm}`
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  return canonicalBytes(a).equals(canonicalBytes(b))
}
