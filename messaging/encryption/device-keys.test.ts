import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type JsonObject, signJson } from '#matrix/api.ts'
import { limits } from '#platform/api.ts'
import { startTown, type Town } from '#testing/town.ts'
import { queryKeys, TownDevice } from '#testing/town-keys.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let count = 0
const person = () => town.person(`p${++count}`)
const device = async () => new TownDevice(await person())
const username = (who: TownPerson) => who.id.slice(1, who.id.indexOf(':'))
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const upload = (from: TownDevice, body: unknown) => from.who.call('POST', '/keys/upload', { body })
const refused = async (from: TownDevice, body: unknown) => (await upload(from, body)).json.errcode
const claim = (who: TownPerson, from: TownDevice, algorithm = 'signed_curve25519') =>
  who
    .ok('POST', '/keys/claim', { one_time_keys: { [from.who.id]: { [from.who.deviceId]: algorithm } } })
    .then((answer) => answer.one_time_keys[from.who.id]?.[from.who.deviceId])

describe('the keys of a device', () => {
  it('are told as they were published, with the name of the device', async () => {
    const [mine, other] = [await device(), await device()]
    await mine.upload()
    await mine.who.ok('PUT', `/devices/${mine.who.deviceId}`, { display_name: 'Desk "7"' })
    const answer = await queryKeys(other.who, mine.who, other.who)
    expect(answer).toEqual({
      device_keys: {
        [mine.who.id]: { [mine.who.deviceId]: { ...mine.keys, unsigned: { device_display_name: 'Desk "7"' } } },
        [other.who.id]: {},
      },
      failures: {},
      master_keys: {},
      self_signing_keys: {},
      user_signing_keys: {},
    })
  })

  it('are asked for by device; people of nowhere are missing, and other servers stand under failures', async () => {
    const mine = await device()
    const second = new TownDevice(await town.signIn(username(mine.who)))
    await Promise.all([mine.upload(), second.upload()])
    const answer = await mine.who.ok('POST', '/keys/query', {
      device_keys: {
        [mine.who.id]: [second.who.deviceId, 'NONE'],
        '@nobody:town.example': [],
        'not a user': [],
        '@\u0000:town.example': [],
        '@far:elsewhere.example': [],
      },
    })
    expect(answer.device_keys).toEqual({ [mine.who.id]: { [second.who.deviceId]: { ...second.keys, unsigned: {} } } })
    expect(answer.failures).toEqual({
      'elsewhere.example': { errcode: 'M_CONNECTION_FAILED', error: expect.any(String) },
    })
  })

  it('are refused for somebody else, for another device, unsigned, or in no shape', async () => {
    const [mine, other] = [await device(), await device()]
    expect(await refused(mine, { device_keys: other.keys })).toBe('M_INVALID_PARAM')
    expect(await refused(mine, { device_keys: new TownDevice(mine.who, 'OTHER').keys })).toBe('M_INVALID_PARAM')
    const { signatures: _signatures, ...bare } = mine.keys
    expect(await refused(mine, { device_keys: bare })).toBe('M_INVALID_SIGNATURE')
    expect(await refused(mine, { device_keys: { ...mine.keys, algorithms: [] } })).toBe('M_INVALID_SIGNATURE')
    expect(await refused(mine, { device_keys: { ...mine.keys, algorithms: 'all' } })).toBe('M_BAD_JSON')
    expect(await refused(mine, { device_keys: { ...mine.keys, keys: ['a'] } })).toBe('M_BAD_JSON')
    expect(await refused(mine, { device_keys: { ...mine.keys, keys: { 'ed25519:OTHER': 'x' } } })).toBe(
      'M_INVALID_PARAM',
    )
    const heavy = signJson({ ...bare, more: 'x'.repeat(limits.publicKeyBytesMax) }, mine.who.id, mine.signing)
    expect(await refused(mine, { device_keys: heavy })).toBe('M_TOO_LARGE')
    expect((await queryKeys(mine.who, mine.who)).device_keys[mine.who.id]).toEqual({})
  })

  it('never change; the same keys again change nothing, and more of their own signatures are added', async () => {
    const mine = await device()
    await mine.upload()
    const since = (await mine.who.sync()).next_batch
    await mine.upload()
    expect(await refused(mine, { device_keys: new TownDevice(mine.who).keys })).toBe('M_INVALID_PARAM')
    expect((await queryKeys(mine.who, mine.who)).device_keys[mine.who.id][mine.who.deviceId]).toMatchObject(mine.keys)
    const signatures = (mine.keys.signatures as JsonObject)[mine.who.id] as JsonObject
    const more = { [mine.who.id]: { ...signatures, 'ed25519:another': 'signature' } }
    await mine.upload({ device_keys: { ...mine.keys, signatures: more } })
    const told = (await queryKeys(mine.who, mine.who)).device_keys[mine.who.id][mine.who.deviceId]
    expect(told.signatures).toEqual(more)
    const { signatures: _old, ...bare } = mine.keys
    const grown = signJson({ ...bare, algorithms: ['m.new'] }, mine.who.id, mine.signing)
    await mine.upload({ device_keys: grown })
    const newest = (await queryKeys(mine.who, mine.who)).device_keys[mine.who.id][mine.who.deviceId]
    expect(newest).toEqual({ ...grown, unsigned: {} })
    expect(since).toBeDefined()
  })

  it('die with it, and stay when their person signs in on it again', async () => {
    const mine = await device()
    const watcher = await person()
    await mine.upload({ device_keys: mine.keys, one_time_keys: mine.oneTimeKeys(2) })
    const body = { type: 'm.login.password', user: username(mine.who), password: 'correct horse battery staple' }
    const again = await watcher.ok('POST', '/login', { ...body, device_id: mine.who.deviceId })
    expect(Object.keys((await queryKeys(watcher, mine.who)).device_keys[mine.who.id])).toEqual([mine.who.deviceId])
    const headers = { authorization: `Bearer ${again.access_token}` }
    expect((await watcher.call('POST', '/logout', { headers })).status).toBe(200)
    expect((await queryKeys(watcher, mine.who)).device_keys[mine.who.id]).toEqual({})
    expect(await claim(watcher, mine)).toBeUndefined()
    expect(await town.postgres.rows('select 1 from one_time_key where device_id = $1', [mine.who.deviceId])).toEqual([])
  })

  it('lie sealed; those that were altered are told to nobody', async () => {
    const [mine, other] = [await device(), await device()]
    await Promise.all([mine.upload(), other.upload()])
    const [row] = await town.postgres.rows<{ sealed: Buffer }>('select sealed from device_keys where device_id = $1', [
      mine.who.deviceId,
    ])
    expect(row?.sealed.includes('curve25519')).toBe(false)
    await town.postgres.run('update device_keys set sealed = $2 where device_id = $1', [
      other.who.deviceId,
      row?.sealed,
    ])
    const { device_keys } = await queryKeys(mine.who, mine.who, other.who)
    expect(device_keys[other.who.id]).toEqual({})
    expect(Object.keys(device_keys[mine.who.id])).toEqual([mine.who.deviceId])
  })
})

describe('one-time keys', () => {
  it('are given in the order of upload, each once, however many ask', async () => {
    const [mine, other] = [await device(), await person()]
    const [first, second] = [mine.oneTimeKeys(3), mine.oneTimeKeys(9)]
    expect(await mine.upload({ one_time_keys: first })).toEqual({ one_time_key_counts: { signed_curve25519: 3 } })
    expect(await mine.upload({ one_time_keys: second })).toEqual({ one_time_key_counts: { signed_curve25519: 12 } })
    const early = await Promise.all([1, 2, 3].map(() => claim(other, mine)))
    expect(new Set(early.flatMap(Object.keys))).toEqual(new Set(Object.keys(first)))
    expect(Object.assign({}, ...early)).toEqual(first)
    const late = await Promise.all(Array.from({ length: 12 }, () => claim(other, mine)))
    expect(Object.assign({}, ...late.filter((key) => key !== undefined))).toEqual(second)
    expect(late.filter((key) => key === undefined)).toHaveLength(3)
  })

  it('are taken again when they are the same, refused when an id stands for another, and never given twice', async () => {
    const [mine, other] = [await device(), await person()]
    const keys = mine.oneTimeKeys(2)
    await mine.upload({ one_time_keys: keys })
    expect(await mine.upload({ one_time_keys: { ...mine.oneTimeKeys(1), ...keys } })).toEqual({
      one_time_key_counts: { signed_curve25519: 3 },
    })
    const [name = ''] = Object.keys(keys)
    const changed = { ...mine.oneTimeKeys(1), [name]: Object.values(mine.oneTimeKeys(1))[0] }
    expect(await refused(mine, { one_time_keys: changed })).toBe('M_INVALID_PARAM')
    expect(await mine.upload({})).toEqual({ one_time_key_counts: { signed_curve25519: 3 } })
    for (let n = 0; n < 3; n++) await claim(other, mine)
    // The answer to the first upload was lost, say, and the client sends it once more.
    expect(await mine.upload({ one_time_keys: keys })).toEqual({ one_time_key_counts: { signed_curve25519: 0 } })
    expect(await claim(other, mine)).toBeUndefined()
    const anew = Object.values(mine.oneTimeKeys(1))[0] as JsonObject
    await mine.upload({ one_time_keys: { [name]: anew } })
    expect(await claim(other, mine)).toEqual({ [name]: anew })
  })

  it('of other algorithms may be plain texts, and are counted apart', async () => {
    const [mine, other] = [await device(), await person()]
    const { one_time_key_counts: counts } = await mine.upload({
      one_time_keys: { 'curve25519:A': 'plain', ...mine.oneTimeKeys(1) },
    })
    expect(counts).toEqual({ curve25519: 1, signed_curve25519: 1 })
    expect(await claim(other, mine, 'curve25519')).toEqual({ 'curve25519:A': 'plain' })
    expect(await claim(other, mine, 'curve25519')).toBeUndefined()
    expect(await claim(other, mine, 'a\u0000b')).toBeUndefined()
  })

  it('have a fallback, which is given when none is left and stays marked as used until it is replaced', async () => {
    const [mine, other] = [await device(), await person()]
    const unused = async () => (await mine.who.sync()).device_unused_fallback_key_types
    const fallback = mine.oneTimeKeys(1, { fallback: true })
    await mine.upload({ one_time_keys: mine.oneTimeKeys(1), fallback_keys: fallback })
    expect(await unused()).toEqual(['signed_curve25519'])
    expect(await claim(other, mine)).not.toEqual(fallback)
    expect(await unused()).toEqual(['signed_curve25519'])
    expect(await claim(other, mine)).toEqual(fallback)
    expect(await claim(other, mine)).toEqual(fallback)
    expect(await unused()).toEqual([])
    await mine.upload({ fallback_keys: fallback })
    expect(await unused()).toEqual([])
    const next = mine.oneTimeKeys(1, { fallback: true })
    await mine.upload({ fallback_keys: next })
    expect(await unused()).toEqual(['signed_curve25519'])
    expect(await claim(other, mine)).toEqual(next)
    expect(await refused(mine, { fallback_keys: mine.oneTimeKeys(2) })).toBe('M_INVALID_PARAM')
  })

  it('are counted in every answer of sync', async () => {
    const [mine, other] = [await device(), await person()]
    const first = await mine.who.sync()
    expect(first.device_one_time_keys_count).toEqual({ signed_curve25519: 0 })
    expect(first.device_unused_fallback_key_types).toEqual([])
    await mine.upload({ device_keys: mine.keys, one_time_keys: mine.oneTimeKeys(2) })
    const second = await mine.who.sync(first.next_batch)
    expect(second.device_one_time_keys_count).toEqual({ signed_curve25519: 2 })
    await claim(other, mine)
    expect((await mine.who.sync(second.next_batch)).device_one_time_keys_count).toEqual({ signed_curve25519: 1 })
  })

  it('are refused in no shape, and too many', async () => {
    const mine = await device()
    for (const keys of [{ nocolon: 'x' }, { ':x': 'x' }, { 'a:': 'x' }]) {
      expect(await refused(mine, { one_time_keys: keys })).toBe('M_INVALID_PARAM')
    }
    for (const keys of [[], 'x', { 'a:b': 7 }, { 'a:b': { key: 'x' } }, { 'a:b': { signatures: {} } }]) {
      expect(await refused(mine, { one_time_keys: keys })).toBe('M_BAD_JSON')
    }
    const many = Object.fromEntries(
      Array.from({ length: limits.oneTimeKeysMax + 1 }, (_, n) => [`curve25519:${n}`, 'x']),
    )
    expect(await refused(mine, { one_time_keys: many })).toBe('M_TOO_LARGE')
    expect(await mine.upload({})).toEqual({ one_time_key_counts: { signed_curve25519: 0 } })
  })
})
