import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { canonicalBytes } from '../json/canonical.ts'
import { copyObject, isJsonObject, type JsonObject, ownKey, setKey } from '../json/json.ts'

/**
 * Ed25519 signatures over canonical JSON.
 * https://spec.matrix.org/v1.19/appendices/#signing-json
 */
export interface SigningKey {
  /** `ed25519:` and the key's version. */
  readonly keyId: string
  /** Unpadded base64. */
  readonly publicKey: string
  /** 64 bytes. */
  sign(bytes: Uint8Array): Buffer
}

/** A public key made ready, for whoever checks many signatures of one server. */
export interface VerifyKey {
  verify(bytes: Uint8Array, signature: Uint8Array): boolean
}

// What RFC 8410 puts before the 32 bytes of a private and of a public key.
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const keyVersion = /^[A-Za-z0-9_]+$/

/** The key that grows from 32 secret bytes. `version` is the part of the key id after `ed25519:`. */
export function signingKeyFromSeed(seed: Uint8Array, version: string): SigningKey {
  if (seed.length !== 32) throw new TypeError(`An Ed25519 seed has 32 bytes, not ${seed.length}.`)
  if (!keyVersion.test(version)) throw new TypeError('The version of a key holds letters, digits and _ only.')
  const key = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    keyId: `ed25519:${version}`,
    publicKey: encodeBase64(spki.subarray(publicPrefix.length)),
    sign: (bytes) => sign(null, bytes, key),
  }
}

/** Undefined when the text is no Ed25519 key in base64. */
export function verifyKeyFromBase64(publicKey: string): VerifyKey | undefined {
  const bytes = decodeBase64(publicKey)
  if (bytes?.length !== 32) return undefined
  let key: KeyObject
  try {
    key = createPublicKey({ key: Buffer.concat([publicPrefix, bytes]), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
  return { verify: (message, signature) => signature.length === 64 && verify(null, message, key, signature) }
}

/** A copy of the object with the signature added to those that it carries. `unsigned` is kept and not signed. */
export function signJson<T extends object>(object: T, serverName: string, key: SigningKey): T {
  const source = object as unknown as JsonObject
  const signature = encodeBase64(key.sign(signedBytes(source)))
  const signed = copyObject(source)
  signed.signatures = addSignature(ownKey(source, 'signatures'), serverName, key.keyId, signature)
  return signed as unknown as T
}

/** True when the object carries that server's signature by that key, and it holds. */
export function verifyJson(object: object, serverName: string, keyId: string, publicKey: string | VerifyKey): boolean {
  const source = object as JsonObject
  const signature = signatureOf(source, serverName, keyId)
  if (signature === undefined) return false
  return verifyBytes(signedBytes(source), signature, publicKey)
}

/** The named signature's bytes, or undefined when it is missing or no base64. */
export function signatureOf(object: object, serverName: string, keyId: string): Buffer | undefined {
  if (!keyId.startsWith('ed25519:')) return undefined
  const signatures = ownKey(object as JsonObject, 'signatures')
  const ofServer = isJsonObject(signatures) ? ownKey(signatures, serverName) : undefined
  const text = isJsonObject(ofServer) ? ownKey(ofServer, keyId) : undefined
  return typeof text === 'string' ? decodeBase64(text) : undefined
}

export function verifyBytes(bytes: Uint8Array, signature: Uint8Array, publicKey: string | VerifyKey): boolean {
  const key = typeof publicKey === 'string' ? verifyKeyFromBase64(publicKey) : publicKey
  return key?.verify(bytes, signature) ?? false
}

/** The signatures with one more; those of others, and of our other keys, stay. */
export function addSignature(existing: unknown, serverName: string, keyId: string, signature: string): JsonObject {
  const signatures = isJsonObject(existing) ? copyObject(existing) : {}
  const ofServer = ownKey(signatures, serverName)
  const mine = isJsonObject(ofServer) ? copyObject(ofServer) : {}
  setKey(mine, keyId, signature)
  setKey(signatures, serverName, mine)
  return signatures
}

function signedBytes(object: JsonObject): Buffer {
  return canonicalBytes(copyObject(object, ['signatures', 'unsigned']))
}
