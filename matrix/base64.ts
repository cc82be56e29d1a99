/**
 * Base64 without padding, as keys, signatures and hashes are written in Matrix.
 * https://spec.matrix.org/v1.19/appendices/#unpadded-base64
 */

const standardAlphabet = /^[A-Za-z0-9+/]*={0,2}$/

export function encodeBase64(bytes: Uint8Array): string {
  const text = asBuffer(bytes).toString('base64')
  if (text.endsWith('==')) return text.slice(0, -2)
  return text.endsWith('=') ? text.slice(0, -1) : text
}

/** The URL-safe alphabet (`-` and `_`), without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64url')
}

/** Takes the standard alphabet with or without padding. Undefined for anything else: Node itself would guess. */
export function decodeBase64(text: string): Buffer | undefined {
  if (!standardAlphabet.test(text)) return undefined
  const bare = text.replace(/=+$/, '')
  if (bare.length % 4 === 1) return undefined
  return Buffer.from(bare, 'base64')
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
