import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeBase64, type JsonObject } from '#matrix/api.ts'
import { limits } from '#platform/api.ts'
import { seededRandom } from '#testing/seeded-random.ts'
import { startTown, type Town } from '#testing/town.ts'
import { queryKeys, TownDevice } from '#testing/town-keys.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let count = 0
const person = () => town.person(`p${++count}`)
const random = seededRandom(31)
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const path = '/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device'
const data = (text: string) => ({ algorithm: 'org.matrix.msc3814.v2', device_pickle: text })
const deviceId = () => encodeBase64(random.bytes(32))
const body = (keys: TownDevice, id: string, text = 'pickle'): JsonObject => ({
  device_id: id,
  device_data: data(text),
  initial_device_display_name: 'Dehydrated device',
  device_keys: keys.keys,
  one_time_keys: keys.oneTimeKeys(1),
  fallback_keys: keys.oneTimeKeys(1, { fallback: true }),
})
const refusal = async (who: TownPerson, method: string, address: string, sent?: unknown) => {
  const { status, json } = await who.call(method, address, sent === undefined ? {} : { body: sent })
  return [status, json.errcode]
}
const eventsPath = (id: string) => `${path}/${encodeURIComponent(id)}/events`

describe('a dehydrated device', () => {
  it('is one for each person, seen and written to like any other, and taken over in parts', async () => {
    const [alice, bob] = [await person(), await person()]
    await bob.join(await alice.createRoom({ preset: 'public_chat' }))
    expect(await refusal(alice, 'GET', path)).toEqual([404, 'M_NOT_FOUND'])
    const since = (await bob.sync()).next_batch
    const id = deviceId()
    const keys = new TownDevice(alice, id)
    expect(await alice.ok('PUT', path, body(keys, id))).toEqual({ device_id: id })
    expect(await alice.ok('GET', path)).toEqual({ device_id: id, device_data: data('pickle') })
    expect((await bob.sync(since)).device_lists?.changed).toEqual([alice.id])
    expect((await queryKeys(bob, alice)).device_keys[alice.id][id]).toEqual({
      ...keys.keys,
      unsigned: { device_display_name: 'Dehydrated device' },
    })
    const claim = await bob.ok('POST', '/keys/claim', { one_time_keys: { [alice.id]: { [id]: 'signed_curve25519' } } })
    expect(Object.keys(claim.one_time_keys[alice.id][id])).toHaveLength(1)
    for (let n = 0; n <= limits.toDeviceAnswerMax; n++) {
      await bob.ok('PUT', `/sendToDevice/m.room_key/${n}`, { messages: { [alice.id]: { [id]: { n } } } })
    }
    const takeOver = async () => {
      const found: unknown[] = []
      let next: string | undefined
      for (;;) {
        const part = await alice.ok('POST', eventsPath(id), next === undefined ? {} : { next_batch: next })
        if (part.events.length === 0) return found
        found.push(...part.events.map((event: any) => event.content.n))
        next = part.next_batch
      }
    }
    const all = Array.from({ length: limits.toDeviceAnswerMax + 1 }, (_, n) => n)
    expect(await takeOver()).toEqual(all)
    // Whoever broke off begins again; by GET the last part says itself that it is.
    const first = await alice.ok('GET', eventsPath(id))
    const last = await alice.ok('GET', `${eventsPath(id)}?from=${first.next_batch}`)
    expect([...first.events, ...last.events].map((event: any) => event.content.n)).toEqual(all)
    expect(last.next_batch).toBeUndefined()
  })

  it('is replaced by the next, and ended', async () => {
    const alice = await person()
    const [first, second] = [deviceId(), deviceId()]
    await alice.ok('PUT', path, body(new TownDevice(alice, first), first))
    await alice.ok('PUT', path, body(new TownDevice(alice, second), second, 'another'))
    const devices = (await alice.ok('GET', '/devices')).devices.map((device: any) => device.device_id)
    expect(new Set(devices)).toEqual(new Set([alice.deviceId, second]))
    expect(await refusal(alice, 'POST', eventsPath(first), {})).toEqual([403, 'M_FORBIDDEN'])
    expect(await alice.ok('DELETE', path)).toEqual({ device_id: second })
    expect(await refusal(alice, 'GET', path)).toEqual([404, 'M_NOT_FOUND'])
    expect(await refusal(alice, 'DELETE', path)).toEqual([404, 'M_NOT_FOUND'])
    await alice.ok('PUT', path, body(new TownDevice(alice, second), second))
    await alice.ok('POST', '/delete_devices', {
      devices: [second],
      auth: { type: 'm.login.password', password: 'correct horse battery staple', user: alice.id },
    })
    expect(await refusal(alice, 'GET', path)).toEqual([404, 'M_NOT_FOUND'])
  })

  it('is refused with the keys or the name of another, and nothing of it is kept', async () => {
    const [alice, bob] = [await person(), await person()]
    const id = deviceId()
    const kept = deviceId()
    await alice.ok('PUT', path, body(new TownDevice(alice, kept), kept))
    expect(await refusal(alice, 'PUT', path, body(new TownDevice(bob, id), id))).toEqual([400, 'M_INVALID_PARAM'])
    expect(await refusal(alice, 'PUT', path, body(new TownDevice(alice, kept), id))).toEqual([400, 'M_INVALID_PARAM'])
    const own = new TownDevice(alice)
    expect(await refusal(alice, 'PUT', path, body(own, alice.deviceId))).toEqual([400, 'M_INVALID_PARAM'])
    const { device_keys: _keys, ...without } = body(new TownDevice(alice, id), id)
    expect(await refusal(alice, 'PUT', path, without)).toEqual([400, 'M_BAD_JSON'])
    expect(await refusal(alice, 'POST', eventsPath(kept), { next_batch: 's1_1' })).toEqual([400, 'M_INVALID_PARAM'])
    expect(await refusal(bob, 'POST', eventsPath(kept), {})).toEqual([403, 'M_FORBIDDEN'])
    expect((await alice.ok('GET', path)).device_id).toBe(kept)
    const [row] = await town.postgres.rows<{ sealed: Buffer }>(
      'select sealed from dehydrated_device where device_id = $1',
      [kept],
    )
    expect(row?.sealed.includes('pickle')).toBe(false)
  })

  it('is advertised', async () => {
    const answer = await fetch(`${town.url}/_matrix/client/versions`)
    expect(((await answer.json()) as any).unstable_features['org.matrix.msc3814']).toBe(true)
  })
})
