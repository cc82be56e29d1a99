import { hash } from 'node:crypto'
import type { SealingKey } from '#platform/api.ts'

/** Enough that a room's words do not meet by chance, and a whole number of JavaScript. What is found is read anyway. */
const hashBytes = 6
const use = 'chancery search words 1'
const keys = new WeakMap<SealingKey, Buffer>()

/** Hashes of words under a key of their room. SHA-256 behind a secret of fixed length, cut: a tenth of what HMAC costs. */
export function wordHashes(roomKey: SealingKey, words: readonly string[]): number[] {
  let key = keys.get(roomKey)
  if (key === undefined) {
    key = roomKey.derive(use)
    keys.set(roomKey, key)
  }
  const secret = key
  return words.map((word) => {
    const digest = hash('sha256', Buffer.concat([secret, Buffer.from(word)]), 'buffer')
    return digest.readUIntBE(0, hashBytes)
  })
}
