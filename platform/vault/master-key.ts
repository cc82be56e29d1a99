import { hkdfSync } from 'node:crypto'
import { DataKey, keyBytes, type NonceSource } from './cipher.ts'

const checkBytes = 16

function derive(masterKey: Buffer, use: string, bytes: number): Buffer {
  if (masterKey.length !== keyBytes) {
    throw new Error(`The master key must have ${keyBytes} bytes, and not ${masterKey.length}. Give the whole key file.`)
  }
  return Buffer.from(hkdfSync('sha256', masterKey, '', use, bytes))
}

/**
 * What may be written beside the data so that a wrong master key is known at once: 16 bytes that only this key gives, as
 * base64url. They say nothing about the key.
 */
export function masterKeyCheck(masterKey: Buffer): string {
  return derive(masterKey, 'chancery master key check 1', checkBytes).toString('base64url')
}

/** The key that wraps the key-encryption keys. The master key itself encrypts nothing. */
export function masterWrappingKey(masterKey: Buffer, nonce: NonceSource): DataKey {
  return new DataKey(0, derive(masterKey, 'chancery key-encryption keys 1', keyBytes), nonce)
}
