import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64 } from '../base64.ts'
import { checkContentHash } from '../events/hash.ts'
import { hashEvent } from '../events/hash-event.ts'
import type { Pdu } from '../events/pdu.ts'
import { roomVersion } from '../room-versions/room-versions.ts'
import { signEvent, verifyEvent } from './sign-event.ts'
import { signingKeyFromSeed, signJson, verifyJson, verifyKeyFromBase64 } from './signing.ts'

// Seed, names and signatures of https://spec.matrix.org/v1.19/appendices/#cryptographic-test-vectors
const seed = decodeBase64('YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1') as Buffer
const key = signingKeyFromSeed(seed, '1')
const signer = { serverName: 'domain', keyId: key.keyId }

const minimal = {
  room_id: '!x:domain',
  sender: '@a:domain',
  origin: 'domain',
  origin_server_ts: 1000000,
  signatures: {},
  hashes: {},
  type: 'X',
  content: {},
  prev_events: [],
  auth_events: [],
  depth: 3,
  unsigned: { age_ts: 1000000 },
} as unknown as Pdu

const redactable = {
  content: { body: 'Here is the message content' },
  event_id: '$0:domain',
  origin: 'domain',
  origin_server_ts: 1000000,
  type: 'm.room.message',
  room_id: '!r:domain',
  sender: '@u:domain',
  signatures: {},
  unsigned: { age_ts: 1000000 },
} as unknown as Pdu

describe('the published vectors', () => {
  it('signs an empty object', () => {
    expect(signJson({}, 'domain', key)).toStrictEqual({
      signatures: {
        domain: {
          'ed25519:1': 'K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ',
        },
      },
    })
  })

  it('signs an object with values', () => {
    const signature = 'KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw'
    expect(signJson({ one: 1, two: 'Two' }, 'domain', key)).toStrictEqual({
      one: 1,
      two: 'Two',
      signatures: { domain: { 'ed25519:1': signature } },
    })
  })

  // The vector has no event_id, which versions 1 and 2 ask for; their other rules are those of version 3.
  it.each(['3', '4', '10'])('hashes and signs the minimal event by the rules of version %s', (id) => {
    const version = roomVersion(id)!
    const pdu = signEvent(hashEvent(minimal, version, signer).pdu, version, 'domain', key)
    expect(pdu.hashes).toStrictEqual({ sha256: '5jM4wQpv6lnBo7CLIghJuHdW+s2CMBJPUOGOC89ncos' })
    expect(pdu.signatures?.domain?.['ed25519:1']).toBe(
      'KxwGjPSDEtvnFgU00fwFz+l6d2pJM6XBIaMEn81SXPTRl16AqLAYqfIReFGZlHi5KLjAWbOoMszkwsQma+lYAg',
    )
    expect(pdu.unsigned).toStrictEqual({ age_ts: 1000000 })
  })

  it('hashes and signs the event with redactable content', () => {
    const version = roomVersion('1')!
    const { pdu: hashed, eventId } = hashEvent(redactable, version, signer)
    const pdu = signEvent(hashed, version, 'domain', key)
    expect(eventId).toBe('$0:domain')
    expect(pdu.hashes).toStrictEqual({ sha256: 'onLKD1bGljeBWQhWZ1kaP9SorVmRQNdN5aM2JYU2n/g' })
    expect(pdu.signatures?.domain?.['ed25519:1']).toBe(
      'Wm+VzmOUOz08Ds+0NTWb1d4CZrVsJSikkeRxh6aCcUwu6pNC78FunoD7KNWzqFn241eYHYMGCA5McEiVPdhzBA',
    )
    expect(checkContentHash(pdu)).toBe(true)
    expect(verifyEvent(pdu, roomVersion('1')!, 'domain', 'ed25519:1', key.publicKey)).toBe(true)
  })
})

describe('signatures', () => {
  it('hold for what was signed and for nothing else', () => {
    const signed = signJson({ a: 1, unsigned: { age: 3 } }, 'domain', key)
    expect(verifyJson(signed, 'domain', 'ed25519:1', key.publicKey)).toBe(true)
    expect(verifyJson({ ...signed, unsigned: {} }, 'domain', 'ed25519:1', key.publicKey)).toBe(true)
    expect(verifyJson({ ...signed, a: 2 }, 'domain', 'ed25519:1', key.publicKey)).toBe(false)
    expect(verifyJson(signed, 'other', 'ed25519:1', key.publicKey)).toBe(false)
    expect(verifyJson(signed, 'domain', 'ed25519:2', key.publicKey)).toBe(false)
    const another = signingKeyFromSeed(Buffer.alloc(32, 7), '1')
    expect(verifyJson(signed, 'domain', 'ed25519:1', another.publicKey)).toBe(false)
  })

  it('answer false to broken input and never throw', () => {
    const broken = [
      {},
      { signatures: 7 },
      { signatures: { domain: 7 } },
      { signatures: { domain: { 'ed25519:1': 7 } } },
      { signatures: { domain: { 'ed25519:1': '' } } },
      { signatures: { domain: { 'ed25519:1': '***' } } },
      { signatures: { domain: { 'ed25519:1': 'AAAA' } } },
    ]
    for (const object of broken) expect(verifyJson(object, 'domain', 'ed25519:1', key.publicKey)).toBe(false)
    expect(verifyJson(signJson({}, 'domain', key), 'domain', 'ed25519:1', 'AAAA')).toBe(false)
    expect(verifyKeyFromBase64('***')).toBeUndefined()
  })

  it('of several servers and keys stand beside each other, whatever the names', () => {
    const name = fc.oneof(fc.domain(), fc.constant('__proto__'))
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), fc.uint8Array(), (servers, bytes) => {
        const second = signingKeyFromSeed(Buffer.alloc(32, bytes.length), '2')
        let object: object = { bytes: [...bytes] }
        for (const server of servers) object = signJson(signJson(object, server, key), server, second)
        for (const server of servers) {
          expect(verifyJson(object, server, 'ed25519:1', key.publicKey)).toBe(true)
          expect(verifyJson(object, server, 'ed25519:2', verifyKeyFromBase64(second.publicKey)!)).toBe(true)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('leave the given object as it was', () => {
    const given = Object.freeze({ a: 1, signatures: Object.freeze({ other: Object.freeze({ 'ed25519:9': 'x' }) }) })
    const signed = signJson(given, 'domain', key) as { signatures: object }
    expect(Object.keys(signed.signatures).sort()).toStrictEqual(['domain', 'other'])
    expect(given).toStrictEqual({ a: 1, signatures: { other: { 'ed25519:9': 'x' } } })
    const event = signEvent(minimal, roomVersion('10')!, 'domain', key)
    expect(event).not.toBe(minimal)
    expect(minimal.signatures).toStrictEqual({})
  })

  it('need a seed of 32 bytes and a plain version', () => {
    expect(() => signingKeyFromSeed(Buffer.alloc(31), '1')).toThrow('32 bytes')
    expect(() => signingKeyFromSeed(seed, 'a b')).toThrow('letters')
  })
})
