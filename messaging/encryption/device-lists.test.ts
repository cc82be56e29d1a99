import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signJson } from '#matrix/api.ts'
import { seededRandom } from '#testing/seeded-random.ts'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import { TownDevice, TownIdentity } from '#testing/town-keys.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let count = 0
const person = () => town.person(`p${++count}`)
const username = (who: TownPerson) => who.id.slice(1, who.id.indexOf(':'))
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

type Delta = { changed: string[]; left: string[] }
const sorted = ({ changed, left }: Delta): Delta => ({ changed: [...changed].sort(), left: [...left].sort() })
const nothing: Delta = { changed: [], left: [] }
async function delta(who: TownPerson, since: string): Promise<Delta> {
  return sorted((await who.sync(since)).device_lists ?? nothing)
}
const changed = (...people: TownPerson[]): Delta => sorted({ changed: people.map(({ id }) => id), left: [] })
const left = (...people: TownPerson[]): Delta => sorted({ changed: [], left: people.map(({ id }) => id) })
const now = async (who: TownPerson) => (await who.sync()).next_batch
const upload = (who: TownPerson) => new TownDevice(who).upload()

describe('lists of devices', () => {
  it('that change are told to the person and to all who share a room, and to nobody else', async () => {
    const [alice, bob, cyd] = [await person(), await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const tokens = [await now(alice), await now(bob), await now(cyd)]
    await upload(alice)
    expect(await Promise.all([alice, bob, cyd].map((who, n) => delta(who, tokens[n]!)))).toEqual([
      changed(alice),
      changed(alice),
      nothing,
    ])
  })

  it('change with keys, names, ends of devices, identities and signatures, and with nothing else', async () => {
    const [alice, bob] = [await person(), await person()]
    await bob.join(await alice.createRoom({ preset: 'public_chat' }))
    const [device, identity] = [new TownDevice(alice), new TownIdentity(alice)]
    const tablet = await town.signIn(username(alice))
    const bobs = new TownIdentity(bob)
    await bobs.upload()
    const isToldOf = async (act: () => Promise<unknown>) => {
      const since = await now(bob)
      await act()
      return (await delta(bob, since)).changed.length > 0
    }
    expect(await isToldOf(() => device.upload())).toBe(true)
    expect(await isToldOf(() => device.upload())).toBe(false)
    expect(await isToldOf(() => device.upload({ one_time_keys: device.oneTimeKeys(1) }))).toBe(false)
    expect(await isToldOf(() => alice.ok('PUT', `/devices/${alice.deviceId}`, { display_name: 'Desk' }))).toBe(true)
    expect(await isToldOf(() => identity.upload())).toBe(true)
    expect(await isToldOf(() => identity.upload())).toBe(false)
    const signed = signJson(device.keys, alice.id, identity.selfSigning)
    const sign = (body: object) => alice.ok('POST', '/keys/signatures/upload', body)
    expect(await isToldOf(() => sign({ [alice.id]: { [alice.deviceId]: signed } }))).toBe(true)
    expect(await isToldOf(() => sign({ [alice.id]: { [alice.deviceId]: signed } }))).toBe(false)
    expect(await isToldOf(() => tablet.ok('POST', '/logout', {}))).toBe(true)
    expect(await isToldOf(() => alice.ok('POST', '/keys/upload', {}))).toBe(false)
    // Alice vouches for Bob: her own devices hear of it, and nobody else, him included.
    const since = await now(alice)
    const vouched = signJson(bobs.masterKey, alice.id, identity.userSigning)
    expect(await isToldOf(() => sign({ [bob.id]: { [bobs.master.publicKey]: vouched } }))).toBe(false)
    expect(await delta(alice, since)).toEqual(changed(bob))
  })

  it('are told of whom a first room is shared with, whoever came, and as left when the last is gone', async () => {
    const [alice, bob] = [await person(), await person()]
    await upload(bob)
    const [first, second] = [
      await alice.createRoom({ preset: 'public_chat' }),
      await alice.createRoom({ preset: 'public_chat' }),
    ]
    let [mine, his] = [await now(alice), await now(bob)]
    await bob.join(first)
    expect(await delta(alice, mine)).toEqual(changed(bob))
    expect(await delta(bob, his)).toEqual(changed(alice))
    ;[mine, his] = [await now(alice), await now(bob)]
    await bob.join(second)
    expect([await delta(alice, mine), await delta(bob, his)]).toEqual([nothing, nothing])
    await bob.leave(first)
    expect([await delta(alice, mine), await delta(bob, his)]).toEqual([nothing, nothing])
    await alice.leave(second)
    expect([await delta(alice, mine), await delta(bob, his)]).toEqual([left(bob), left(alice)])
    ;[mine, his] = [await now(alice), await now(bob)]
    await upload(await town.signIn(username(bob)))
    expect(await delta(alice, mine)).toEqual(nothing)
    await alice.join(second)
    expect([await delta(alice, mine), await delta(bob, his)]).toEqual([changed(bob), changed(alice, bob)])
  })

  it('are not told as left of who came and went unseen, nor for invitations and new names', async () => {
    const [alice, bob, cyd] = [await person(), await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await cyd.join(room)
    const since = await now(alice)
    await bob.join(room)
    await bob.leave(room)
    await alice.ok('POST', `/rooms/${encodeURIComponent(room)}/invite`, { user_id: bob.id })
    await cyd.ok('PUT', `/profile/${cyd.id}/displayname`, { displayname: 'Another name' })
    await bob.leave(room)
    expect(await delta(alice, since)).toEqual(nothing)
  })

  it('tell of who was away what happened to all whom she meets again', async () => {
    const [alice, bob, cyd] = [await person(), await person(), await person()]
    const [room, other] = [
      await alice.createRoom({ preset: 'public_chat' }),
      await bob.createRoom({ preset: 'public_chat' }),
    ]
    await bob.join(room)
    await alice.join(other)
    const since = await now(alice)
    await alice.leave(room)
    await cyd.join(room)
    await upload(bob)
    await bob.leave(other)
    expect(await delta(alice, since)).toEqual(left(bob))
    await alice.join(room)
    expect(await delta(alice, since)).toEqual(changed(bob, cyd))
  })

  it('wake who waits', async () => {
    const [alice, bob] = [await person(), await person()]
    await bob.join(await alice.createRoom({ preset: 'public_chat' }))
    const waiting = bob.sync(await now(bob), { timeout: '20000' })
    await expect.poll(() => town.chancery.messaging.waitingPeople()).toBe(1)
    await upload(alice)
    expect((await waiting).device_lists).toEqual({ changed: [alice.id], left: [] })
  })

  it('change when all devices end with the account', async () => {
    const [alice, bob] = [await person(), await person()]
    await bob.join(await alice.createRoom({ preset: 'public_chat' }))
    await upload(alice)
    const since = await now(bob)
    const auth = { type: 'm.login.password', password: townPassword, user: alice.id }
    await alice.ok('POST', '/account/deactivate', { auth })
    const { changed: told, left: gone } = await delta(bob, since)
    expect([...told, ...gone]).toEqual([alice.id])
  })

  it('are asked for between any two tokens', async () => {
    const [alice, bob] = [await person(), await person()]
    await bob.join(await alice.createRoom({ preset: 'public_chat' }))
    const from = await now(alice)
    await upload(bob)
    const middle = await now(alice)
    await bob.createRoom()
    const to = await now(alice)
    const changes = (from: string, to: string) => alice.call('GET', `/keys/changes?from=${from}&to=${to}`)
    expect((await changes(from, to)).json).toEqual(changed(bob))
    expect((await changes(from, middle)).json).toEqual(changed(bob))
    expect((await changes(middle, to)).json).toEqual(nothing)
    expect((await changes(from, 's9007199254740991_0')).json.errcode).toBe('M_INVALID_PARAM')
    expect((await changes('x', to)).json.errcode).toBe('M_INVALID_PARAM')
  })
})

/**
 * People come, go, rename themselves and change their keys at random. Whoever follows, however rarely, knows afterwards of
 * exactly those with whom a room is shared, and for each of them of the newest keys. Once more without the tail in memory
 * the same is told.
 */
describe('the law of device lists', () => {
  const histories = Number(process.env.CHANCERY_HISTORIES ?? 2)
  it.each(Array.from({ length: histories }, (_, n) => n + Number(process.env.CHANCERY_HISTORY_SEED ?? 1)))(
    'holds in history %i',
    { timeout: 60_000 },
    async (seed) => {
      const random = seededRandom(seed)
      const below = (n: number) => random.bytes(4).readUInt32LE() % n
      const people = await Promise.all([1, 2, 3, 4].map(person))
      const [alice] = people as [TownPerson]
      const rooms = await Promise.all([1, 2, 3].map(() => alice.createRoom({ preset: 'public_chat' })))
      const inRoom = rooms.map(() => new Set<TownPerson>([alice]))
      const version = new Map(people.map((who) => [who, 0]))
      /** What Alice knows of whom, and whom she believes that she must know of. */
      const known = new Map<string, number>()
      let since = await now(alice)
      const shared = () => people.filter((who) => inRoom.some((room) => room.has(alice) && room.has(who)))
      const follow = async () => {
        const fromMemory = await delta(alice, since)
        if (below(6) === 0) await town.restart()
        expect(await delta(alice, since)).toEqual(fromMemory)
        const { changed: told, left: gone } = fromMemory
        expect(told.filter((id) => gone.includes(id))).toEqual([])
        for (const id of told) known.set(id, version.get(people.find((who) => who.id === id)!)!)
        for (const id of gone) expect(known.delete(id)).toBe(true)
        since = await now(alice)
        const must = shared().filter((who) => who !== alice)
        expect([...known.keys()].filter((id) => id !== alice.id).sort()).toEqual(must.map(({ id }) => id).sort())
        for (const who of must) expect([who.id, known.get(who.id)]).toEqual([who.id, version.get(who)])
      }
      for (let step = 0; step < 60; step++) {
        const [who, r] = [people[below(4)]!, below(3)]
        const [room, members] = [rooms[r]!, inRoom[r]!]
        const act = below(8)
        if (act < 4) {
          if (members.delete(who)) await who.leave(room)
          else {
            await who.join(room)
            members.add(who)
          }
        } else if (act === 4) {
          await who.ok('PUT', `/devices/${who.deviceId}`, { display_name: `name ${step}` })
          version.set(who, step + 1)
        } else if (act === 5) {
          await who.ok('PUT', `/profile/${who.id}/displayname`, { displayname: `name ${step}` })
        } else await follow()
      }
      await follow()
    },
  )
})
