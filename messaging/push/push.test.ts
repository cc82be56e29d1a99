import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '#matrix/api.ts'
import { sql } from '#platform/api.ts'
import { createOutbound } from '#platform/index.ts'
import { type PushGateway, startPushGateway } from '#testing/push-gateway.ts'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let gateway: PushGateway
beforeAll(async () => {
  gateway = await startPushGateway()
  town = await startTown(open(gateway))
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

/** The door to the outside lets this gateway through, and nothing else on this machine. */
function open({ origin }: PushGateway, more: object = {}) {
  const outboundOrigins = [origin]
  return { outbound: createOutbound({ allowedOrigins: outboundOrigins }), outboundOrigins, ...more }
}

let count = 0
const person = (of = town) => of.person(`p${++count}`)
const pusherOf = (who: TownPerson, to = gateway) => ({
  kind: 'http',
  app_id: 'org.example.app',
  pushkey: `key of ${who.id}`,
  app_display_name: 'App',
  device_display_name: 'Telephone',
  lang: 'en',
  data: { url: to.url, format: 'event_id_only', brand: 'agency' },
})
const setPusher = (who: TownPerson, more: object = {}, to = gateway) =>
  who.ok('POST', '/pushers/set', { ...pusherOf(who, to), ...more })
const pushers = async (who: TownPerson) => (await who.ok('GET', '/pushers')).pushers
const told = (who: TownPerson, by = gateway) =>
  by.told.filter((one) => (one.devices as JsonObject[])[0]?.pushkey === `key of ${who.id}`)
const toldEvents = (who: TownPerson, by = gateway) =>
  told(who, by).flatMap(({ event_id }) => (event_id ? [event_id] : []))

async function two(of = town, to = gateway) {
  const [alice, bob] = [await person(of), await person(of)]
  const room = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  await setPusher(bob, {}, to)
  return { alice, bob, room }
}

/** Everything that was said has been decided upon, and all that waits is sent. */
async function settled(of = town) {
  const { pushReader } = of.chancery.messaging
  await pushReader.reached(await of.chancery.log.reachNewest())
  expect(pushReader.failedAt()).toBeUndefined()
  await expect
    .poll(() => of.postgres.row<{ n: number }>('select count(*) as n from push_waiting'), { timeout: 10_000 })
    .toEqual({ n: 0 })
}

describe('a push gateway', () => {
  it('is told of what notifies, by id, with the badge, and of nothing else', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'Not a word of this leaves.', { 'm.mentions': { user_ids: [bob.id] } })
    await alice.say(room, 'notice', { msgtype: 'm.notice' })
    await bob.say(await bob.createRoom(), 'own')
    await settled()
    expect(told(bob)).toEqual([
      {
        event_id: said,
        room_id: room,
        counts: { unread: 1 },
        prio: 'high',
        devices: [
          {
            app_id: 'org.example.app',
            pushkey: `key of ${bob.id}`,
            pushkey_ts: expect.any(Number),
            data: { format: 'event_id_only', brand: 'agency' },
            tweaks: { highlight: true, sound: 'default' },
          },
        ],
      },
    ])
  })

  it('hears of invitations, and that something was read', async () => {
    const { alice, bob, room } = await two()
    const other = await alice.createRoom({ invite: [bob.id] })
    await settled()
    expect(told(bob)[0]).toMatchObject({ room_id: other, counts: { unread: 1 }, prio: 'high' })
    const said = await alice.say(room, 'one')
    await settled()
    expect(told(bob)[1]).toMatchObject({ event_id: said, counts: { unread: 2 }, prio: 'high' })
    await bob.ok('POST', `${roomPath(room)}/receipt/m.read/${encodeURIComponent(said)}`, {})
    await settled()
    expect(told(bob)[2]).toEqual({ counts: { unread: 1 }, devices: [expect.anything()] })
    expect(told(bob)).toHaveLength(3)
  })

  it('follows each person’s own rules', async () => {
    const { alice, bob, room } = await two()
    await bob.ok('PUT', `/pushrules/global/room/${encodeURIComponent(room)}`, { actions: [] })
    await bob.ok('PUT', '/pushrules/global/content/dam', { pattern: 'dam', actions: ['notify'] })
    await alice.say(room, 'nothing')
    const said = await alice.say(room, 'the dam')
    await settled()
    expect(toldEvents(bob)).toEqual([said])
  })

  it('that fails is asked again, holds nobody else up, and misses nothing', async () => {
    await using broken = await startPushGateway()
    await using house = await startTown({
      outbound: createOutbound({ allowedOrigins: [broken.origin, gateway.origin] }),
      outboundOrigins: [broken.origin, gateway.origin],
    })
    const { alice, bob, room } = await two(house, broken)
    const carol = await person(house)
    await carol.join(room)
    await setPusher(carol)
    broken.mood = 'fail'
    const said = [await alice.say(room, 'one'), await alice.say(room, 'two')]
    await expect.poll(() => toldEvents(carol)).toEqual(said)
    await expect.poll(() => toldEvents(bob, broken)).toEqual([said[0]])
    broken.mood = 'take'
    await settled(house)
    expect(toldEvents(bob, broken)).toEqual([said[0], ...said])
    expect(toldEvents(carol)).toEqual(said)
  })

  it('that says nothing is left, and what was not taken is sent after a restart', async () => {
    await using slow = await startPushGateway()
    await using house = await startTown(open(slow))
    const { alice, bob, room } = await two(house, slow)
    slow.mood = 'silence'
    const said = await alice.say(room, 'one')
    await expect.poll(() => toldEvents(bob, slow)).toEqual([said])
    await house.restart()
    slow.mood = 'take'
    await settled(house)
    expect(toldEvents(bob, slow).slice(-1)).toEqual([said])
    await alice.say(room, 'two')
    await settled(house)
    expect(new Set(toldEvents(bob, slow)).size).toBe(2)
  })

  it('that says nothing holds nobody up, however many pushers lead to it', async () => {
    const slow = await startPushGateway()
    const origins = [gateway.origin, slow.origin]
    const other = await startTown({ outbound: createOutbound({ allowedOrigins: origins }), outboundOrigins: origins })
    slow.mood = 'silence'
    const { alice, bob, room } = await two(other, slow)
    for (let n = 0; n < 19; n++) await setPusher(bob, { pushkey: `silent ${n}` }, slow)
    const carol = await person(other)
    await carol.join(room)
    await setPusher(carol)
    const said = await alice.say(room, 'Are you there?')
    await expect.poll(() => toldEvents(carol), { timeout: 5_000 }).toEqual([said])
    await other[Symbol.asyncDispose]()
    await slow[Symbol.asyncDispose]()
  })

  it('keeps no place from others for one person, whose pushers all come to their turn', async () => {
    const slow = await startPushGateway()
    const other = await startTown(open(slow))
    slow.mood = 'silence'
    const { alice, bob, room } = await two(other, slow)
    for (let n = 0; n < 9; n++) await setPusher(bob, { pushkey: `of one person ${n}` }, slow)
    await alice.say(room, 'Are you there?')
    await expect.poll(() => slow.told.length, { timeout: 5_000 }).toBe(3)
    // As many as there are places of one person, and not one more while none of them is done.
    const leased = sql('test_leased', 'select count(*)::int as n from pusher where leased_until_ts > 0')
    await expect.poll(() => other.postgres.row(leased)).toEqual({ n: 3 })
    expect(slow.told).toHaveLength(3)
    await other[Symbol.asyncDispose]()
    await slow[Symbol.asyncDispose]()

    const { alice: anna, bob: ben, room: hall } = await two()
    const keys = Array.from({ length: 9 }, (_, n) => `one of many ${n}`)
    for (const pushkey of keys) await setPusher(ben, { pushkey })
    const said = await anna.say(hall, 'And here?')
    await settled()
    const toldKeys = gateway.told.filter(({ event_id }) => event_id === said).map((one: any) => one.devices[0].pushkey)
    expect(toldKeys.sort()).toEqual([`key of ${ben.id}`, ...keys].sort())
  })

  it('is told nothing for who is locked, not even later', async () => {
    const { alice, bob, room } = await two()
    const owner = await town.person(`p${++count}`, { role: 'owner' })
    const lock = (locked: boolean) =>
      owner.ok('PUT', `/_matrix/client/v1/admin/lock/${encodeURIComponent(bob.id)}`, { locked })
    await lock(true)
    await alice.say(room, 'while locked')
    await settled()
    await lock(false)
    const said = await alice.say(room, 'afterwards')
    await settled()
    expect(toldEvents(bob)).toEqual([said])
  })

  it('that rejects a push key is not asked for it again', async () => {
    const { alice, bob, room } = await two()
    gateway.mood = 'reject'
    await alice.say(room, 'one')
    await expect.poll(() => pushers(bob)).toEqual([])
    gateway.mood = 'take'
    await alice.say(room, 'two')
    await settled()
    expect(told(bob)).toHaveLength(1)
  })

  it('is told once of each event by two nodes', async () => {
    const { alice, bob, room } = await two()
    await using node = await town.openNode()
    const there = node.as(await town.signIn(alice.id.slice(1).split(':')[0] ?? ''))
    const said: string[] = []
    for (let n = 0; n < 10; n++) said.push(await (n % 2 ? alice : there).say(room, `${n}`))
    await settled()
    await expect.poll(() => toldEvents(bob).toSorted()).toEqual(said.toSorted())
  })

  it('is told what was said only where the configuration lets it out', async () => {
    await using house = await startTown(open(gateway, { pushContent: true }))
    const { alice, bob, room } = await two(house)
    await setPusher(bob, { data: { url: gateway.url } })
    await alice.setState(room, 'm.room.name', { name: 'Dams' })
    await alice.say(room, 'hello')
    await settled(house)
    expect(told(bob)[0]).toMatchObject({
      type: 'm.room.message',
      sender: alice.id,
      content: { body: 'hello' },
      room_name: 'Dams',
      sender_display_name: expect.any(String),
    })
  })
})

describe('pushers', () => {
  it('are listed, replaced and removed, and sealed at rest', async () => {
    const alice = await person()
    await setPusher(alice, { lang: 'fr' })
    await setPusher(alice)
    expect(await pushers(alice)).toEqual([pusherOf(alice)])
    const rows = await town.postgres.rows('select * from pusher')
    expect(JSON.stringify(rows)).not.toContain('org.example')
    expect(Buffer.concat(rows.map((row: any) => row.sealed)).includes('key of')).toBe(false)
    await alice.ok('POST', '/pushers/set', { kind: null, app_id: 'org.example.app', pushkey: `key of ${alice.id}` })
    expect(await pushers(alice)).toEqual([])
  })

  it('of the same app and key belong to the last person who set them, unless she appends', async () => {
    const [alice, bob] = [await person(), await person()]
    await setPusher(alice)
    await setPusher(bob, { pushkey: `key of ${alice.id}`, append: true })
    expect([await pushers(alice), await pushers(bob)].map((list) => list.length)).toEqual([1, 1])
    await setPusher(bob, { pushkey: `key of ${alice.id}` })
    expect([await pushers(alice), await pushers(bob)].map((list) => list.length)).toEqual([0, 1])
  })

  it('go with the device that set them, and with others when the password changes', async () => {
    const alice = await person()
    const name = alice.id.slice(1).split(':')[0] ?? ''
    const [phone, tablet] = [await town.signIn(name), await town.signIn(name)]
    await setPusher(phone)
    await setPusher(tablet, { pushkey: 'tablet' })
    await phone.ok('POST', '/logout', {})
    expect((await pushers(alice)).map((one: JsonObject) => one.pushkey)).toEqual(['tablet'])
    const identifier = { type: 'm.id.user', user: alice.id }
    const auth = { type: 'm.login.password', identifier, password: townPassword }
    await alice.ok('POST', '/account/password', { new_password: 'another horse battery staple', auth })
    expect(await pushers(alice)).toEqual([])
  })

  it.each([
    ['no kind', { kind: undefined }, 'M_MISSING_PARAM'],
    ['mail', { kind: 'email' }, 'M_INVALID_PARAM'],
    ['no language', { lang: undefined }, 'M_MISSING_PARAM'],
    ['no data', { data: undefined }, 'M_MISSING_PARAM'],
    ['no address', { data: {} }, 'M_MISSING_PARAM'],
    ['an address of another path', { data: { url: 'https://push.example.org/notify' } }, 'M_INVALID_PARAM'],
    ['plain http', { data: { url: 'http://push.example.org/_matrix/push/v1/notify' } }, 'M_INVALID_PARAM'],
    ['a long app id', { app_id: 'a'.repeat(65) }, 'M_INVALID_PARAM'],
    ['a long key', { pushkey: 'é'.repeat(257) }, 'M_INVALID_PARAM'],
    ['a key that is no text', { pushkey: 7 }, 'M_BAD_JSON'],
  ])('with %s are refused', async (_, more, code) => {
    const alice = await person()
    const answer = await alice.call('POST', '/pushers/set', { body: { ...pusherOf(alice), ...more } })
    expect([answer.status, answer.json.errcode]).toEqual([400, code])
  })
})
