import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEventIdOf } from '../ids/ids.ts'
import { canonicalBytes, canonicalJson } from '../json/canonical.ts'
import type { JsonObject } from '../json/json.ts'
import { roomVersion, roomVersions } from '../room-versions/room-versions.ts'
import { signEvent, verifyEvent } from '../signing/sign-event.ts'
import { signingKeyFromSeed } from '../signing/signing.ts'
import { checkContentHash, eventIdOf, referenceHash, roomIdOfCreate } from './hash.ts'
import { hashEvent } from './hash-event.ts'
import { authEventIds, type Pdu, prevEventIds, redactsOf } from './pdu.ts'
import { redact } from './redact.ts'
import { checkEventSize, eventSizeProblem } from './size.ts'

const key = signingKeyFromSeed(Buffer.alloc(32, 1), 'a')
const signer = { serverName: 'a.example', keyId: key.keyId }

const memberKeys = ['membership', 'join_authorised_via_users_server', 'third_party_invite', 'displayname', 'creator']
const otherKeys = ['join_rule', 'allow', 'users', 'invite', 'aliases', 'history_visibility', 'redacts', '__proto__']
const value = fc.oneof(
  fc.string(),
  fc.maxSafeInteger(),
  fc.constant(null),
  fc.dictionary(fc.constantFrom('signed', 'display_name', 'x'), fc.string(), { noNullPrototype: true }),
)

/** Events of every type that redaction treats apart, with contents that fit some other type as well. */
const anyPdu: fc.Arbitrary<Pdu> = fc
  .record(
    {
      type: fc.constantFrom(
        'm.room.member',
        'm.room.create',
        'm.room.join_rules',
        'm.room.power_levels',
        'm.room.aliases',
        'm.room.history_visibility',
        'm.room.redaction',
        'm.room.message',
      ),
      sender: fc.constant('@anna:a.example'),
      room_id: fc.constant('!r:a.example'),
      event_id: fc.constant('$e:a.example'),
      content: fc.dictionary(fc.constantFrom(...memberKeys, ...otherKeys), value, { noNullPrototype: true }),
      origin_server_ts: fc.nat(),
      depth: fc.nat(),
      prev_events: fc.constant(['$p']),
      auth_events: fc.constant(['$q', '$r']),
      state_key: fc.string(),
      redacts: fc.constant('$x:a.example'),
      origin: fc.constant('a.example'),
      membership: fc.constant('join'),
      prev_state: fc.constant([]),
      extra: value,
      unsigned: fc.constant({ age: 5 }),
    },
    {
      requiredKeys: [
        'type',
        'sender',
        'event_id',
        'content',
        'origin_server_ts',
        'depth',
        'prev_events',
        'auth_events',
      ],
      noNullPrototype: true,
    },
  )
  .map((pdu) => pdu as unknown as Pdu)

describe.each(roomVersions)('version $id', (version) => {
  it('keeps signature and id through a redaction, which changes nothing twice', () => {
    fc.assert(
      fc.property(anyPdu, (unsigned) => {
        const { pdu: hashed, eventId, canonicalSize } = hashEvent(unsigned, version, signer)
        const pdu = signEvent(hashed, version, 'a.example', key)
        const redacted = redact(pdu, version)
        expect(canonicalSize).toBe(canonicalBytes(pdu).length)
        expect(checkContentHash(pdu)).toBe(true)
        expect(eventIdOf(pdu, version)).toBe(eventId)
        expect(isEventIdOf(eventId, version)).toBe(true)
        expect(eventIdOf(redacted, version)).toBe(eventId)
        expect(referenceHash(redacted, version)).toBe(referenceHash(pdu, version))
        expect(verifyEvent(pdu, version, 'a.example', key.keyId, key.publicKey)).toBe(true)
        expect(verifyEvent(redacted, version, 'a.example', key.keyId, key.publicKey)).toBe(true)
        expect(canonicalJson(redact(redacted, version))).toBe(canonicalJson(redacted))
      }),
      { numRuns: 40 },
    )
  })

  it('notices a changed word and a changed key that redaction keeps', () => {
    const made = { ...message(), event_id: '$e:a.example' }
    const pdu = signEvent(hashEvent(made, version, signer).pdu, version, 'a.example', key)
    const reworded = { ...pdu, content: { body: 'No' } }
    expect(checkContentHash(reworded)).toBe(false)
    expect(verifyEvent(reworded, version, 'a.example', key.keyId, key.publicKey)).toBe(true)
    const moved = { ...pdu, depth: 8 }
    expect(verifyEvent(moved, version, 'a.example', key.keyId, key.publicKey)).toBe(false)
  })
})

/** What each type keeps of a content that holds everything, by version. */
const fullContent: JsonObject = {
  membership: 'join',
  join_authorised_via_users_server: '@b:b.example',
  third_party_invite: { signed: { token: 't' }, display_name: 'B' },
  creator: '@a:a.example',
  room_version: '9',
  join_rule: 'restricted',
  allow: [],
  ban: 50,
  events: {},
  invite: 0,
  notifications: {},
  users: {},
  aliases: ['#a:a.example'],
  history_visibility: 'shared',
  redacts: '$x',
  body: 'words',
}

describe('redaction', () => {
  const kept = (type: string, id: string) =>
    Object.keys(redact({ ...message(), type, content: fullContent }, roomVersion(id)!).content).sort()

  it.each([
    ['m.room.member', '8', ['membership']],
    ['m.room.member', '9', ['join_authorised_via_users_server', 'membership']],
    ['m.room.member', '11', ['join_authorised_via_users_server', 'membership', 'third_party_invite']],
    ['m.room.create', '10', ['creator']],
    ['m.room.create', '11', Object.keys(fullContent).sort()],
    ['m.room.join_rules', '7', ['join_rule']],
    ['m.room.join_rules', '8', ['allow', 'join_rule']],
    ['m.room.power_levels', '10', ['ban', 'events', 'users']],
    ['m.room.power_levels', '12', ['ban', 'events', 'invite', 'users']],
    ['m.room.aliases', '5', ['aliases']],
    ['m.room.aliases', '6', []],
    ['m.room.history_visibility', '1', ['history_visibility']],
    ['m.room.redaction', '10', []],
    ['m.room.redaction', '11', ['redacts']],
    ['m.room.message', '12', []],
  ])('of %s in version %s keeps %j', (type, id, keys) => expect(kept(type, id)).toStrictEqual(keys))

  it('keeps of a third-party invitation only what was signed', () => {
    const pdu = { ...message(), type: 'm.room.member', content: fullContent }
    expect(redact(pdu, roomVersion('11')!).content.third_party_invite).toStrictEqual({ signed: { token: 't' } })
  })

  it('drops the old top-level keys from version 11 on', () => {
    const pdu = {
      ...message(),
      origin: 'a.example',
      membership: 'join',
      prev_state: [],
      redacts: '$x',
      other: 1,
    } as Pdu
    const without = Object.keys(redact(pdu, roomVersion('11')!))
    const withThem = Object.keys(redact(pdu, roomVersion('10')!))
    expect(withThem.filter((name) => !without.includes(name)).sort()).toStrictEqual([
      'membership',
      'origin',
      'prev_state',
    ])
    expect(withThem).not.toContain('redacts')
    expect(withThem).not.toContain('other')
  })
})

describe('ids and references', () => {
  it('names a version 12 room after its create event', () => {
    const version = roomVersion('12')!
    const { room_id: _, ...made } = { ...message(), type: 'm.room.create', state_key: '' }
    const { pdu, eventId } = hashEvent(made, version, signer)
    expect(roomIdOfCreate(pdu, version)).toBe(`!${eventId.slice(1)}`)
    expect(() => roomIdOfCreate(pdu, roomVersion('11')!)).toThrow('choose their id')
  })

  it('reads references of both shapes, and where a redaction points', () => {
    const pdu: Pdu = { ...message(), prev_events: ['$a', ['$b:x', { sha256: 'h' }]], redacts: '$old' }
    expect(prevEventIds(pdu)).toStrictEqual(['$a', '$b:x'])
    expect(authEventIds(pdu)).toStrictEqual([])
    expect(redactsOf(pdu, roomVersion('10')!)).toBe('$old')
    expect(redactsOf(pdu, roomVersion('11')!)).toBeUndefined()
    expect(redactsOf({ ...pdu, content: { redacts: '$new' } }, roomVersion('11')!)).toBe('$new')
  })

  it('asks for the event_id that versions 1 and 2 carry', () => {
    expect(() => eventIdOf(message(), roomVersion('1')!)).toThrow('event_id')
  })
})

describe('sizes', () => {
  it('takes exactly 65,536 bytes and not one more', () => {
    const rest = canonicalBytes({ ...message(), content: { body: '' } }).length
    const sized = (bytes: number): Pdu => ({ ...message(), content: { body: 'x'.repeat(bytes - rest) } })
    expect(eventSizeProblem(sized(65_536))).toBeUndefined()
    expect(eventSizeProblem(sized(65_537))).toContain('65537 bytes')
    expect(() => checkEventSize(sized(65_537))).toThrow('too large')
  })

  it('counts the bytes of the keys that are indexed', () => {
    expect(eventSizeProblem({ ...message(), state_key: 'x'.repeat(255) })).toBeUndefined()
    expect(eventSizeProblem({ ...message(), state_key: 'ä'.repeat(128) })).toContain('state_key')
    expect(eventSizeProblem({ ...message(), type: 'x'.repeat(256) })).toContain('type')
  })
})

function message(): Pdu {
  return {
    type: 'm.room.message',
    sender: '@anna:a.example',
    room_id: '!r:a.example',
    content: { body: 'Yes' },
    origin_server_ts: 1,
    depth: 7,
    prev_events: [],
    auth_events: [],
  }
}
