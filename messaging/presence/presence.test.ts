import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { startTown, type Town, type TownNode } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'
import { PresenceRecord } from './presence-record.ts'

let town: Town
let node: TownNode
beforeAll(async () => {
  town = await startTown({ presence: true })
  node = await town.openNode()
})
afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
})

let count = 0
const person = () => town.person(`w${++count}`)

async function two() {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  return { alice, bob, room }
}

const status = (of: TownPerson) => `/presence/${encodeURIComponent(of.id)}/status`
const set = (who: TownPerson, presence: string, status_msg?: string) =>
  who.ok('PUT', status(who), { presence, ...(status_msg === undefined ? {} : { status_msg }) })
const eventsOf = (answer: any, of: TownPerson) =>
  (answer.presence?.events ?? []).filter((event: any) => event.sender === of.id).map((event: any) => event.content)

describe('presence', () => {
  it('of those in one’s rooms comes with /sync, once for each change', async () => {
    const { alice, bob } = await two()
    await set(alice, 'online', 'In the field')
    const first = await bob.sync(undefined, { set_presence: 'offline' })
    expect(eventsOf(first, alice)).toEqual([
      { presence: 'online', currently_active: true, last_active_ago: expect.any(Number), status_msg: 'In the field' },
    ])
    const then = await bob.sync(first.next_batch, { set_presence: 'offline' })
    expect(eventsOf(then, alice)).toEqual([])
    const waiting = bob.sync(then.next_batch, { set_presence: 'offline', timeout: '20000' })
    await set(alice, 'unavailable')
    expect(eventsOf(await waiting, alice)).toEqual([{ presence: 'unavailable', last_active_ago: expect.any(Number) }])
  })

  it('follows what a device says when it asks for news, and what its person does', async () => {
    const { alice, bob, room } = await two()
    expect(await bob.ok('GET', status(alice))).toEqual({ presence: 'offline' })
    await alice.sync(undefined, { set_presence: 'unavailable' })
    expect((await bob.ok('GET', status(alice))).presence).toBe('unavailable')
    await alice.sync()
    await alice.say(room, 'x')
    expect(await bob.ok('GET', status(alice))).toMatchObject({ presence: 'online', currently_active: true })
    await alice.sync(undefined, { set_presence: 'offline' })
    expect((await bob.ok('GET', status(alice))).presence).toBe('offline')
    for (const presence of ['online', 'unavailable']) {
      await alice.sliding({ set_presence: presence })
      expect((await bob.ok('GET', status(alice))).presence).toBe(presence)
    }
  })

  it('is hidden from those who share no room, and from filters that leave it out', async () => {
    const { alice, bob } = await two()
    const carol = await person()
    await set(alice, 'online')
    expect(eventsOf(await carol.sync(), alice)).toEqual([])
    expect((await carol.call('GET', status(alice))).json.errcode).toBe('M_FORBIDDEN')
    expect((await carol.call('PUT', status(alice), { body: { presence: 'online' } })).status).toBe(403)
    const filter = '{"presence":{"not_types":["m.presence"]}}'
    expect((await bob.sync(undefined, { filter })) as object).not.toHaveProperty('presence')
    expect((await bob.call('GET', '/sync?set_presence=asleep')).json.errcode).toBe('M_INVALID_PARAM')
  })

  it('is known on the other node', async () => {
    const { alice, bob } = await two()
    await set(alice, 'online', 'Here')
    await expect
      .poll(() => node.as(bob).ok('GET', status(alice)))
      .toMatchObject({ presence: 'online', status_msg: 'Here' })
    await set(alice, 'offline')
    await expect.poll(() => node.as(bob).ok('GET', status(alice))).toMatchObject({ presence: 'offline' })
  })

  it('that is turned off is told to nobody', async () => {
    await using quiet = await startTown({ presence: false })
    const [alice, bob] = await quiet.people('alice', 'bob')
    await bob.join(await alice.createRoom({ preset: 'public_chat' }))
    await set(alice, 'online', 'x')
    expect(await bob.ok('GET', status(alice))).toEqual({ presence: 'offline' })
    expect(await bob.sync()).not.toHaveProperty('presence')
  })
})

describe('a record of presence', () => {
  const record = new PresenceRecord({ userId: 1, matrixId: '@a:b' }, limits.presenceIdleMs)

  it('is away after a while, and gone when its devices are', () => {
    record.lastActiveMs = 1_000
    record.say('phone', 'online', 1_000_000)
    expect(record.now(1_000)).toMatchObject({ state: 'online', isActive: true })
    expect(record.now(1_001 + limits.presenceActiveMs)).toMatchObject({ state: 'online', isActive: false })
    expect(record.now(1_001 + limits.presenceIdleMs)).toMatchObject({ state: 'unavailable', isActive: false })
    expect(record.now(1_000_000)).toMatchObject({ state: 'offline' })
  })

  it('is as present as the most present of its devices', () => {
    record.lastActiveMs = 2_000_000
    record.say('phone', 'unavailable', 3_000_000)
    record.say('tablet', 'online', 2_000_100)
    expect(record.now(2_000_000).state).toBe('online')
    expect(record.now(2_000_100).state).toBe('unavailable')
  })
})
