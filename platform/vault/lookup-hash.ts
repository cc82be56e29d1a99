import { hash } from 'node:crypto'

const blockBytes = 64

/**
 * HMAC-SHA-256 (RFC 2104) of domain and value. Written out over the one-shot hash: 2.4 µs where `createHmac` takes 3.3,
 * and much less garbage.
 */
export function lookupHasher(key: Buffer): (domain: string, value: string) => Buffer {
  if (key.length > blockBytes) throw new Error(`A look-up key has at most ${blockBytes} bytes.`)
  const inner = Buffer.alloc(blockBytes, 0x36)
  const outer = Buffer.alloc(blockBytes, 0x5c)
  for (const [at, byte] of key.entries()) {
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  return (domain, value) => {
    if (domain.includes('\0')) throw new Error('The domain of a look-up hash must not hold U+0000.')
    const message = Buffer.from(`${domain}\0${value}`)
    const first = hash('sha256', Buffer.concat([inner, message]), 'buffer')
    return hash('sha256', Buffer.concat([outer, first]), 'buffer')
  }
}
