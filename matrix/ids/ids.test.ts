import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as ids from './ids.ts'
import { isServerName, parseServerName } from './server-name.ts'

const hash = 'Ab_-0'.repeat(8).concat('xyz')

describe('server names', () => {
  it.each([
    'matrix.org',
    'matrix.org:8888',
    '1.2.3.4',
    '1.2.3.4:1234',
    '[1234:5678::abcd]',
    '[1234:5678::abcd]:5678',
    'localhost',
    'A-b.c',
  ])('takes %s', (name) => expect(isServerName(name)).toBe(true))

  it.each([
    '',
    'a b',
    'exa_mple.org',
    'a:',
    'a:123456',
    'a:65536',
    '[::1',
    '[zz::1]',
    '[1:2]',
    '256.1.1.1',
    'a/b',
    'a:1:2',
    '\u0000',
  ])('refuses %j', (name) => expect(isServerName(name)).toBe(false))

  it('knows IPv6 addresses as the platform does', () => {
    const part = fc.constantFrom('0', 'ab', 'FFFF', '12345', '', ':', '1.2.3.4', '1.2.3.256')
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV6(),
          fc.array(part, { maxLength: 9 }).map((parts) => parts.join(':')),
        ),
        (address) => {
          expect(isServerName(`[${address}]`)).toBe(isIPv6(address))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('parts host and port', () => {
    expect(parseServerName('[::1]:8448')).toStrictEqual({ host: '[::1]', port: 8448 })
    expect(parseServerName('a.example')).toStrictEqual({ host: 'a.example', port: undefined })
  })
})

describe('user ids', () => {
  it('parts localpart and server at the first colon', () => {
    expect(ids.parseUserId('@anna:example.org:8448')).toStrictEqual({
      localpart: 'anna',
      serverName: 'example.org:8448',
    })
  })

  it('takes historical ids, which are not current', () => {
    for (const id of ['@Anna:a.b', '@:a.b', '@änna b:a.b', '@\u0001:a.b']) {
      expect(ids.isUserId(id)).toBe(true)
      expect(ids.isCurrentUserId(id)).toBe(false)
    }
    expect(ids.isCompliantUserId('@Anna:a.b')).toBe(true)
    expect(ids.isCompliantUserId('@:a.b')).toBe(false)
  })

  it.each(['anna:a.b', '@anna', '@anna:', '@an\u0000na:a.b', '@\ud800:a.b', `@${'a'.repeat(251)}:a.b`, 7, null])(
    'refuses %j',
    (id) => expect(ids.isUserId(id)).toBe(false),
  )

  it('counts bytes, not characters', () => {
    expect(ids.isUserId(`@${'a'.repeat(250)}:a.b`)).toBe(true)
    expect(ids.isUserId(`@${'ä'.repeat(125)}:a.b`)).toBe(true)
    expect(ids.isUserId(`@${'ä'.repeat(126)}:a.b`)).toBe(false)
  })

  it('says what is wrong with a new name', () => {
    expect(ids.newUserLocalpartProblem('anna.b-1=/+_', 'a.b')).toBeUndefined()
    expect(ids.newUserLocalpartProblem('')).toContain('empty')
    expect(ids.newUserLocalpartProblem('Anna')).toContain('small letters')
    expect(ids.newUserLocalpartProblem('änna')).toContain('a to z')
    expect(ids.newUserLocalpartProblem('_anna')).toContain('begin')
    expect(ids.newUserLocalpartProblem('a'.repeat(251), 'a.b')).toContain('at most 250')
    expect(ids.newUserLocalpartProblem('a'.repeat(250), 'a.b')).toBeUndefined()
  })

  it('builds what it parses', () => {
    const localpart = fc.string({ unit: fc.constantFrom(...'abz09._=-/+'), minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(localpart, fc.domain(), (local, server) => {
        fc.pre(local.length + server.length < 250)
        const id = ids.buildUserId(local, server) as string
        expect(ids.parseUserId(id)).toStrictEqual({ localpart: local, serverName: server })
        expect(ids.serverOf(id)).toBe(server)
      }),
    )
    expect(ids.buildUserId('Anna', 'a.b')).toBeUndefined()
  })
})

describe('rooms, events and the rest', () => {
  it('takes room ids with and without a server', () => {
    expect(ids.parseRoomId('!x:a.b')).toStrictEqual({ localpart: 'x', serverName: 'a.b' })
    expect(ids.parseRoomId(`!${hash}`)).toStrictEqual({ localpart: hash })
    expect(ids.createEventIdOfRoom(`!${hash}`)).toBe(`$${hash}`)
    expect(ids.createEventIdOfRoom('!x:a.b')).toBeUndefined()
    for (const id of ['!x', `!${hash}A`, `#${hash}`, '!\u0000:a.b']) expect(ids.isRoomId(id)).toBe(false)
    expect(ids.buildRoomId('x', 'a.b')).toBe('!x:a.b')
  })

  it('tells the event ids of the versions apart', () => {
    expect(ids.isEventIdOf('$x:a.b', { eventIds: 'in-event' })).toBe(true)
    expect(ids.isEventIdOf(`$${hash}`, { eventIds: 'in-event' })).toBe(false)
    expect(ids.isEventIdOf(`$${hash}`, { eventIds: 'base64url' })).toBe(true)
    expect(ids.isEventIdOf(`$${hash}`, { eventIds: 'base64' })).toBe(false)
    expect(ids.isEventId(`$${'+/'.repeat(21)}a`)).toBe(true)
    expect(ids.isEventId('$x')).toBe(false)
  })

  it('checks aliases, devices, keys and opaque ids', () => {
    expect(ids.isAlias('#große runde:a.b')).toBe(true)
    expect(ids.isAlias('#x')).toBe(false)
    expect(ids.buildAlias('', 'a.b')).toBeUndefined()
    expect(ids.isDeviceId('Anna’s phone')).toBe(true)
    expect(ids.isDeviceId('a\u0000')).toBe(false)
    expect(ids.isKeyId('ed25519:a_1')).toBe(true)
    expect(ids.isKeyId('ed25519')).toBe(false)
    expect(ids.isOpaqueId('a-b.c_d~')).toBe(true)
    expect(ids.isOpaqueId('a/b')).toBe(false)
    expect(ids.isNamespacedId('m.login.password')).toBe(true)
    expect(ids.isNamespacedId('M.x')).toBe(false)
  })

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => {
        for (const sigil of ['@', '!', '#', '$', '']) {
          const text = sigil + rest
          ids.parseUserId(text)
          ids.parseRoomId(text)
          ids.parseAlias(text)
          ids.isEventId(text)
          parseServerName(text)
        }
      }),
    )
  })
})
