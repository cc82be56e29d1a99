import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataKey, nonceSource, sealOverheadBytes } from './cipher.ts'
import { SealBroken } from './errors.ts'
import { lookupHasher } from './lookup-hash.ts'
import { masterKeyCheck } from './master-key.ts'

const random = {
  bytes: (count: number) => randomBytes(count),
  token: (n: number) => randomBytes(n).toString('base64url'),
}
const nonce = nonceSource(random)
const bytes = randomBytes(32)
const key = new DataKey(7, bytes, nonce)
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const purposeText = text.filter((value) => !value.includes('\0'))

describe('a sealing key', () => {
  it('opens what it sealed, whatever the bytes, the purpose and the subject', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), purposeText, text, (plain, purpose, subject) => {
        const sealed = key.seal(purpose, subject, plain)
        expect(sealed.length).toBe(plain.length + sealOverheadBytes)
        expect(key.open(purpose, subject, sealed).equals(plain)).toBe(true)
      }),
    )
  })

  it('refuses every single flipped bit', () => {
    const sealed = key.seal('event.content', '$one', Buffer.from('the minister arrives at nine'))
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed)
      altered[bit >> 3]! ^= 1 << (bit & 7)
      expect(() => key.open('event.content', '$one', altered)).toThrow(SealBroken)
    }
  })

  it('refuses every other length', () => {
    const sealed = key.seal('event.content', '$one', Buffer.from('word'))
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => key.open('event.content', '$one', sealed.subarray(0, length))).toThrow(SealBroken)
    }
    expect(() => key.open('event.content', '$one', Buffer.concat([sealed, Buffer.of(0)]))).toThrow(SealBroken)
  })

  it('refuses bytes that were moved to another purpose, subject or key, and says so without their content', () => {
    fc.assert(
      fc.property(purposeText, text, purposeText, text, (purpose, subject, otherPurpose, otherSubject) => {
        fc.pre(purpose !== otherPurpose || subject !== otherSubject)
        const sealed = key.seal(purpose, subject, Buffer.from('x'))
        expect(() => key.open(otherPurpose, otherSubject, sealed)).toThrow(SealBroken)
      }),
    )
    const sealed = key.seal('event.content', '$one', Buffer.from('word'))
    expect(() => new DataKey(8, bytes, nonce).open('event.content', '$one', sealed)).toThrow(SealBroken)
    expect(() => key.open('event.content', '$two', sealed)).toThrow(
      "The sealed 'event.content' of $two was altered, or moved here from another place (key 7).",
    )
  })

  it('refuses a purpose that could be taken for a purpose and a subject', () => {
    expect(() => key.seal('a\0b', 'c', Buffer.alloc(1))).toThrow('U+0000')
  })

  it('never uses a nonce twice, across many refills of its pool', () => {
    const seen = new Set<string>()
    for (let n = 0; n < 10_000; n += 1) {
      seen.add(key.seal('p', 's', Buffer.alloc(0)).subarray(1, 13).toString('latin1'))
    }
    expect(seen.size).toBe(10_000)
  })
})

describe('look-up hashes', () => {
  it('are HMAC-SHA-256', () => {
    const secret = randomBytes(32)
    const hash = lookupHasher(secret)
    fc.assert(
      fc.property(purposeText, text, (domain, value) => {
        const expected = createHmac('sha256', secret).update(`${domain}\0${value}`).digest()
        expect(hash(domain, value).equals(expected)).toBe(true)
      }),
    )
  })
})

describe('the check value of a master key', () => {
  it('is the same for the same key, another for another, and is not the key', () => {
    const master = randomBytes(32)
    expect(masterKeyCheck(master)).toBe(masterKeyCheck(Buffer.from(master)))
    expect(masterKeyCheck(master)).not.toBe(masterKeyCheck(randomBytes(32)))
    expect(Buffer.from(masterKeyCheck(master), 'base64url').length).toBe(16)
    expect(master.includes(Buffer.from(masterKeyCheck(master), 'base64url'))).toBe(false)
  })

  it('refuses a key of another length', () => {
    expect(() => masterKeyCheck(randomBytes(31))).toThrow('32 bytes')
  })
})
