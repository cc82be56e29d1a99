/**
 * The shapes of public keys that clients publish, and what in them can be checked without secrets. Objects are kept as
 * they were uploaded, because signatures cover all that is in them.
 * https://spec.matrix.org/v1.19/client-server-api/#device-keys
 */
import {
  canonicalBytes,
  copyObject,
  decodeBase64,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ownKey,
  setKey,
  verifyJson,
} from '#matrix/api.ts'
import { limits, refuse } from '#platform/api.ts'

export const crossSigningUsages = ['master', 'self_signing', 'user_signing'] as const
export type CrossSigningUsage = (typeof crossSigningUsages)[number]

export type CrossSigningKey = { readonly publicKey: string; readonly object: JsonObject }
export type KeyUpload = { readonly algorithm: string; readonly keyId: string; readonly value: JsonValue }

const keyName = /^([a-z0-9_.]{1,64}):([^\0]{1,191})$/

/**
 * Identity keys of a device, which must be that of the caller and carry its own signature. `unsigned` is not kept.
 * Throws M_BAD_JSON, M_INVALID_PARAM, M_INVALID_SIGNATURE, M_TOO_LARGE.
 */
export function parseDeviceKeys(source: JsonObject, owner: { matrixId: string; deviceId: string }): JsonObject {
  const object = copyObject(source, ['unsigned'])
  const { matrixId, deviceId } = owner
  if (ownKey(object, 'user_id') !== matrixId || ownKey(object, 'device_id') !== deviceId) {
    throw refuse('M_INVALID_PARAM', 'device_keys must be those of your own user and of the device that you use.')
  }
  const algorithms = ownKey(object, 'algorithms')
  if (!Array.isArray(algorithms) || !algorithms.every((algorithm) => typeof algorithm === 'string')) {
    throw refuse('M_BAD_JSON', 'device_keys.algorithms must be a list of strings.')
  }
  const keys = ownKey(object, 'keys')
  if (!isJsonObject(keys)) throw refuse('M_BAD_JSON', 'device_keys.keys must be an object.')
  for (const [name, value] of Object.entries(keys)) {
    if (typeof value !== 'string') throw refuse('M_BAD_JSON', 'Each of device_keys.keys must be a string.')
    if (name.slice(name.indexOf(':') + 1) !== deviceId) {
      throw refuse('M_INVALID_PARAM', 'Each name in device_keys.keys must end with a colon and the id of the device.')
    }
  }
  checkSize(object)
  const signingKey = deviceSigningKey(object, deviceId)
  if (signingKey === undefined) {
    throw refuse('M_INVALID_PARAM', `device_keys.keys must hold ed25519:${deviceId}, by which the device signs.`)
  }
  if (!verifyJson(object, matrixId, `ed25519:${deviceId}`, signingKey)) {
    throw refuse(
      'M_INVALID_SIGNATURE',
      'device_keys is not signed by the device itself, or the signature does not fit.',
    )
  }
  return object
}

/** The Ed25519 key by which a device signs. */
export function deviceSigningKey(deviceKeys: JsonObject, deviceId: string): string | undefined {
  const keys = ownKey(deviceKeys, 'keys')
  const key = isJsonObject(keys) ? ownKey(keys, `ed25519:${deviceId}`) : undefined
  return typeof key === 'string' ? key : undefined
}

/** One-time and fallback keys: texts, or objects with `key` and `signatures`. Throws M_BAD_JSON, M_INVALID_PARAM. */
export function parseKeyUploads(source: JsonObject | undefined, field: string): KeyUpload[] {
  return Object.entries(source ?? {}).map(([name, value]) => {
    const match = keyName.exec(name)
    if (match === null) {
      throw refuse('M_INVALID_PARAM', `Each name in ${field} must be an algorithm, a colon and the id of the key.`)
    }
    const [, algorithm = '', keyId = ''] = match
    const isSigned = isJsonObject(value)
    const key = isSigned ? ownKey(value, 'key') : value
    if (typeof key !== 'string' || (isSigned && !isJsonObject(ownKey(value, 'signatures')))) {
      throw refuse('M_BAD_JSON', `Each key in ${field} must be a string, or an object with "key" and "signatures".`)
    }
    checkSize(value)
    return { algorithm, keyId, value }
  })
}

/** One key of a person's three. Throws M_BAD_JSON, M_INVALID_PARAM, M_TOO_LARGE. */
export function parseCrossSigningKey(source: JsonObject, usage: CrossSigningUsage, matrixId: string): CrossSigningKey {
  const object = copyObject(source, ['unsigned'])
  const field = `${usage}_key`
  if (ownKey(object, 'user_id') !== matrixId) throw refuse('M_INVALID_PARAM', `${field} must be of your own user.`)
  const usages = ownKey(object, 'usage')
  if (!Array.isArray(usages) || !usages.includes(usage)) {
    throw refuse('M_INVALID_PARAM', `${field} must be meant for it: its "usage" must hold "${usage}".`)
  }
  const keys = ownKey(object, 'keys')
  const entries = isJsonObject(keys) ? Object.entries(keys) : []
  const [name, publicKey] = entries[0] ?? []
  if (entries.length !== 1 || typeof publicKey !== 'string' || name !== `ed25519:${publicKey}`) {
    throw refuse('M_INVALID_PARAM', `${field} must hold one key, named ed25519: and the public key itself.`)
  }
  if (decodeBase64(publicKey)?.length !== 32) {
    throw refuse('M_INVALID_PARAM', `${field} must be an Ed25519 key in unpadded base64.`)
  }
  const signatures = ownKey(object, 'signatures')
  if (signatures !== undefined && !isJsonObject(signatures)) {
    throw refuse('M_BAD_JSON', `The signatures of ${field} must be an object.`)
  }
  checkSize(object)
  return { publicKey, object }
}

/** Whether two objects say the same, signatures and `unsigned` apart. */
export function saysTheSame(a: JsonObject, b: JsonObject): boolean {
  const said = (object: JsonObject) => canonicalBytes(copyObject(object, ['signatures', 'unsigned']))
  return said(a).equals(said(b))
}

/** The signatures of one person upon an object, by the id of the key that signed. */
export function signaturesBy(object: JsonObject, matrixId: string): Map<string, string> {
  const all = ownKey(object, 'signatures')
  const mine = isJsonObject(all) ? ownKey(all, matrixId) : undefined
  const found = new Map<string, string>()
  if (!isJsonObject(mine)) return found
  for (const [keyId, signature] of Object.entries(mine)) if (typeof signature === 'string') found.set(keyId, signature)
  return found
}

/** A copy that carries these signatures of one person besides those that it has. */
export function withSignatures(object: JsonObject, matrixId: string, more: ReadonlyMap<string, string>): JsonObject {
  const copy = copyObject(object)
  const all = ownKey(object, 'signatures')
  const signatures = isJsonObject(all) ? copyObject(all) : {}
  const before = ownKey(signatures, matrixId)
  const mine = isJsonObject(before) ? copyObject(before) : {}
  for (const [keyId, signature] of more) setKey(mine, keyId, signature)
  setKey(signatures, matrixId, mine)
  copy.signatures = signatures
  return copy
}

function checkSize(value: JsonValue): void {
  if (Buffer.byteLength(JSON.stringify(value)) > limits.publicKeyBytesMax) {
    throw refuse('M_TOO_LARGE', `A key may have ${limits.publicKeyBytesMax} bytes with its signatures. Send less.`)
  }
}
