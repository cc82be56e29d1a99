import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'
import type { KeyBackupSession } from './key-backups.ts'

let town: Town
let count = 0
const person = () => town.person(`p${++count}`)
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const algorithm = 'm.megolm_backup.v1.curve25519-aes-sha2'
const about = { algorithm, auth_data: { public_key: 'a public key' } }
const create = async (who: TownPerson): Promise<string> => (await who.ok('POST', '/room_keys/version', about)).version
const session = (text: string, more: Partial<KeyBackupSession> = {}): KeyBackupSession => ({
  first_message_index: 1,
  forwarded_count: 0,
  is_verified: false,
  session_data: { ciphertext: text },
  ...more,
})
const keys = (version: string, ...place: string[]) =>
  `/room_keys/keys${place.map((part) => `/${encodeURIComponent(part)}`).join('')}?version=${version}`
const refusal = async (who: TownPerson, method: string, path: string, body?: unknown) => {
  const { status, json } = await who.call(method, path, body === undefined ? {} : { body })
  return [status, json.errcode]
}

describe('versions of a backup', () => {
  it('follow each other; the newest that is not deleted is the current one, and no number comes twice', async () => {
    const [alice, bob] = [await person(), await person()]
    expect(await refusal(alice, 'GET', '/room_keys/version')).toEqual([404, 'M_NOT_FOUND'])
    const versions = await Promise.all([1, 2, 3].map(() => create(alice)))
    expect(new Set(versions)).toEqual(new Set(['1', '2', '3']))
    expect(await alice.ok('GET', '/room_keys/version')).toEqual({ ...about, version: '3', count: 0, etag: '0' })
    await alice.ok('DELETE', '/room_keys/version/3')
    await alice.ok('DELETE', '/room_keys/version/3')
    expect((await alice.ok('GET', '/room_keys/version')).version).toBe('2')
    expect(await create(alice)).toBe('4')
    expect((await alice.ok('GET', '/room_keys/version/1')).version).toBe('1')
    for (const gone of ['3', '9', '0', 'x', '1e3']) {
      expect(await refusal(alice, 'GET', `/room_keys/version/${gone}`)).toEqual([404, 'M_NOT_FOUND'])
    }
    expect(await refusal(alice, 'DELETE', '/room_keys/version/9')).toEqual([404, 'M_NOT_FOUND'])
    expect(await refusal(bob, 'GET', '/room_keys/version/1')).toEqual([404, 'M_NOT_FOUND'])
  })

  it('change what they say of themselves, and never their algorithm', async () => {
    const alice = await person()
    const version = await create(alice)
    const path = `/room_keys/version/${version}`
    const signed = { ...about, auth_data: { public_key: 'a public key', signatures: {} } }
    await alice.ok('PUT', path, { ...signed, version })
    expect(await alice.ok('GET', path)).toMatchObject(signed)
    expect(await refusal(alice, 'PUT', path, { ...about, version: '7' })).toEqual([400, 'M_INVALID_PARAM'])
    expect(await refusal(alice, 'PUT', path, { ...about, algorithm: 'm.other' })).toEqual([400, 'M_INVALID_PARAM'])
    expect(await refusal(alice, 'PUT', '/room_keys/version/7', about)).toEqual([404, 'M_NOT_FOUND'])
    expect(await refusal(alice, 'PUT', path, { algorithm })).toEqual([400, 'M_BAD_JSON'])
  })
})

describe('backed-up keys', () => {
  it('are put and read whole, by room and one by one, and counted', async () => {
    const alice = await person()
    const version = await create(alice)
    const [one, two, three] = [session('one'), session('two', { is_verified: true }), session('three')]
    const both = { '!a:x': { sessions: { s1: one, 's/2': two } } }
    expect(await alice.ok('PUT', keys(version), { rooms: both })).toEqual({ count: 2, etag: '1' })
    expect(await alice.ok('PUT', keys(version, '!b:x'), { sessions: {} })).toEqual({ count: 2, etag: '1' })
    expect(await alice.ok('PUT', keys(version, '!b:x', 's1'), three)).toEqual({ count: 3, etag: '2' })
    expect(await alice.ok('GET', keys(version))).toEqual({ rooms: { ...both, '!b:x': { sessions: { s1: three } } } })
    expect(await alice.ok('GET', keys(version, '!a:x'))).toEqual(both['!a:x'])
    expect(await alice.ok('GET', keys(version, '!a:x', 's/2'))).toEqual(two)
    expect(await alice.ok('GET', keys(version, '!none:x'))).toEqual({ sessions: {} })
    expect(await refusal(alice, 'GET', keys(version, '!a:x', 'none'))).toEqual([404, 'M_NOT_FOUND'])
    expect(await alice.ok('GET', '/room_keys/version')).toMatchObject({ count: 3, etag: '2' })
    expect(await alice.ok('DELETE', keys(version, '!a:x', 's1'))).toEqual({ count: 2, etag: '3' })
    expect(await alice.ok('DELETE', keys(version, '!a:x', 's1'))).toEqual({ count: 2, etag: '3' })
    expect(await alice.ok('DELETE', keys(version, '!a:x'))).toEqual({ count: 1, etag: '4' })
    expect(await alice.ok('DELETE', keys(version))).toEqual({ count: 0, etag: '5' })
    expect(await alice.ok('GET', keys(version))).toEqual({ rooms: {} })
  })

  it('are read in pieces, however many there are', async () => {
    const alice = await person()
    const version = await create(alice)
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`s${n}`, session(`${n}`)]))
    const rooms = { '!a:x': { sessions: { s1: session('x') } }, '!b:x': { sessions: many }, '!c:x': { sessions: many } }
    await alice.ok('PUT', keys(version), { rooms })
    const whole = await alice.call('GET', keys(version))
    expect(whole.json).toEqual({ rooms })
    const room = await alice.call('GET', keys(version, '!c:x'))
    expect(room.json).toEqual({ sessions: many })
    // Their length is not known when they begin: nobody has put them together.
    for (const { headers } of [whole, room]) expect(headers.has('content-length')).toBe(false)
  })

  it('go into the current version only, and are read from every one that stands', async () => {
    const alice = await person()
    expect(await refusal(alice, 'PUT', keys('1', '!a:x', 's'), session('x'))).toEqual([404, 'M_NOT_FOUND'])
    const [first, second] = [await create(alice), await create(alice)]
    const wrong = await alice.call('PUT', keys(first, '!a:x', 's'), { body: session('x') })
    expect([wrong.status, wrong.json.errcode, wrong.json.current_version]).toEqual([
      403,
      'M_WRONG_ROOM_KEYS_VERSION',
      second,
    ])
    await alice.ok('PUT', keys(second, '!a:x', 's'), session('x'))
    const third = await create(alice)
    expect(await alice.ok('GET', keys(second, '!a:x', 's'))).toEqual(session('x'))
    expect(await alice.ok('GET', keys(third))).toEqual({ rooms: {} })
    await alice.ok('DELETE', `/room_keys/version/${second}`)
    for (const method of ['GET', 'DELETE']) {
      expect(await refusal(alice, method, keys(second))).toEqual([404, 'M_NOT_FOUND'])
      expect(await refusal(alice, method, keys('9', '!a:x', 's'))).toEqual([404, 'M_NOT_FOUND'])
    }
    expect(await refusal(alice, 'PUT', keys(second, '!a:x', 's'), session('x'))).toEqual([404, 'M_NOT_FOUND'])
    expect(await town.postgres.rows('select 1 from key_backup_session where version = $1', [second])).toEqual([])
    expect(await refusal(alice, 'GET', '/room_keys/keys')).toEqual([400, 'M_MISSING_PARAM'])
  })

  it('give way to better ones only: verified, then earlier, then through fewer hands', async () => {
    const alice = await person()
    const version = await create(alice)
    let room = 0
    const quality = fc.record({
      is_verified: fc.boolean(),
      first_message_index: fc.nat(2),
      forwarded_count: fc.nat(2),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(quality, { minLength: 2, maxLength: 5 }), async (offers) => {
        const path = keys(version, `!${++room}:x`, 's')
        for (const [n, offer] of offers.entries()) await alice.ok('PUT', path, session(`offer ${n}`, offer))
        const rank = (offer: (typeof offers)[number]) =>
          (offer.is_verified ? 0 : 100) + offer.first_message_index * 10 + offer.forwarded_count
        const best = offers.findIndex((offer) => rank(offer) === Math.min(...offers.map(rank)))
        expect(await alice.ok('GET', path)).toEqual(session(`offer ${best}`, offers[best]))
      }),
      { numRuns: 12 },
    )
  })

  it('are refused in no shape, and too heavy', async () => {
    const alice = await person()
    const version = await create(alice)
    const { forwarded_count: _count, ...incomplete } = session('x')
    const bad = [incomplete, session('x', { first_message_index: -1 }), { ...session('x'), is_verified: 'yes' }]
    for (const body of [...bad, { ...session('x'), session_data: 'text' }]) {
      expect(await refusal(alice, 'PUT', keys(version, '!a:x', 's'), body)).toEqual([400, 'M_BAD_JSON'])
    }
    expect(await refusal(alice, 'PUT', keys(version), { rooms: { 'no room': { sessions: {} } } })).toEqual([
      400,
      'M_BAD_JSON',
    ])
    expect(await refusal(alice, 'PUT', keys(version, 'no room', 's'), session('x'))).toEqual([400, 'M_INVALID_PARAM'])
    const badSession = { '!a:x': { sessions: { 'a\u0000b': session('x') } } }
    expect(await refusal(alice, 'PUT', keys(version), { rooms: badSession })).toEqual([400, 'M_BAD_JSON'])
    const heavy = session('x'.repeat(limits.keyBackupSessionBytesMax))
    expect(await refusal(alice, 'PUT', keys(version, '!a:x', 's'), heavy)).toEqual([413, 'M_TOO_LARGE'])
  })

  it('come by ten thousand in a few statements', async () => {
    const alice = await person()
    const version = await create(alice)
    const room = (r: number) => `!${String(r).padStart(3, '0')}:x`
    const rooms = Object.fromEntries(
      Array.from({ length: 100 }, (_, r) => {
        const sessions = Array.from({ length: 100 }, (_, s) => [
          `session${s}`,
          session(`key ${r} ${s} ${'x'.repeat(200)}`),
        ])
        return [room(r), { sessions: Object.fromEntries(sessions) }]
      }),
    )
    const startMs = performance.now()
    expect(await alice.ok('PUT', keys(version), { rooms })).toEqual({ count: 10_000, etag: '1' })
    // One statement a key would take several times as long.
    expect(performance.now() - startMs).toBeLessThan(5_000)
    expect(await alice.ok('GET', keys(version))).toEqual({ rooms })
  })

  it('lie sealed once more; one that was altered hides no other', async () => {
    const alice = await person()
    const version = await create(alice)
    await alice.ok('PUT', keys(version, '!sealed:x'), { sessions: { a: session('a secret'), b: session('another') } })
    const rows = await town.postgres.rows<{ sealed: Buffer }>(
      "select sealed from key_backup_session where room_id = '!sealed:x'",
    )
    expect(rows.map((row) => /secret|another/.test(row.sealed.toString('latin1')))).toEqual([false, false])
    const swap = `update key_backup_session set sealed = $1 where room_id = '!sealed:x' and session_id = 'a'`
    await town.postgres.run(swap, [rows[1]?.sealed])
    expect(await alice.ok('GET', keys(version, '!sealed:x'))).toEqual({ sessions: { b: session('another') } })
  })
})
