import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roomVersions } from '#matrix/api.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`u${++count}`)
const enc = encodeURIComponent

const upgrade = async (who: TownPerson, room: string, body: object): Promise<string> =>
  (await who.ok('POST', `${roomPath(room)}/upgrade`, body)).replacement_room
const contentOf = (who: TownPerson, room: string, type: string, key = '') =>
  who.ok('GET', `${roomPath(room)}/state/${type}/${enc(key)}`)
const statusOf = async (who: TownPerson, room: string, type: string) =>
  (await who.call('GET', `${roomPath(room)}/state/${type}/`)).status

describe('replacing a room', () => {
  it('carries what the room was, leads people on, and silences the old one', async () => {
    const [alice, bob, eve] = [await person(), await person(), await person()]
    const alias = `#up${count}:town.example`
    const old = await alice.createRoom({
      room_version: '9',
      preset: 'public_chat',
      visibility: 'public',
      name: 'Name',
      topic: 'Topic',
      room_alias_name: `up${count}`,
      creation_content: { 'm.federate': false },
      power_level_content_override: { users: { [alice.id]: 100, [bob.id]: 50 }, kick: '60' },
      initial_state: [
        { type: 'm.room.avatar', content: { url: 'mxc://town.example/a' } },
        { type: 'm.room.server_acl', content: { allow: ['*'], deny: ['evil.example'] } },
        { type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
        { type: 'm.room.pinned_events', content: { pinned: [] } },
      ],
    })
    await bob.join(old)
    await alice.ok('POST', `${roomPath(old)}/ban`, { user_id: eve.id, reason: 'spam' })
    const last = (await alice.messages(old)).chunk[0].event_id
    const room = await upgrade(alice, old, { new_version: '11' })
    expect(await contentOf(alice, room, 'm.room.create')).toEqual({
      room_version: '11',
      'm.federate': false,
      predecessor: { room_id: old, event_id: last },
    })
    for (const type of ['avatar', 'server_acl', 'encryption', 'name', 'topic', 'join_rules', 'guest_access']) {
      expect(await contentOf(alice, room, `m.room.${type}`)).toEqual(await contentOf(alice, old, `m.room.${type}`))
    }
    expect(await statusOf(alice, room, 'm.room.pinned_events')).toBe(404)
    expect(await contentOf(alice, room, 'm.room.power_levels')).toMatchObject({
      users: { [alice.id]: 100, [bob.id]: 50 },
      kick: 60,
      events_default: 0,
    })
    expect(await contentOf(alice, room, 'm.room.member', eve.id)).toEqual({ membership: 'ban', reason: 'spam' })
    expect(await contentOf(bob, old, 'm.room.tombstone')).toMatchObject({ replacement_room: room })
    expect(await contentOf(bob, old, 'm.room.canonical_alias')).toEqual({})
    expect(await contentOf(alice, room, 'm.room.canonical_alias')).toEqual({ alias })
    expect((await bob.ok('GET', `/directory/room/${enc(alias)}`)).room_id).toBe(room)
    expect((await alice.ok('GET', `${roomPath(room)}/aliases`)).aliases).toEqual([alias])
    const listed = (await bob.ok('GET', '/publicRooms')).chunk.map((one: any) => one.room_id)
    expect([listed.includes(room), listed.includes(old)]).toEqual([true, false])
    expect(await contentOf(bob, old, 'm.room.power_levels')).toMatchObject({ events_default: 50, invite: 50 })
    await town.restart()
    await bob.join(alias)
    await bob.say(room, 'here')
  })

  it.each(roomVersions.map(({ id }) => id))('leads from version 10 to version %s', async (new_version) => {
    const alice = await person()
    const old = await alice.createRoom({
      room_version: '10',
      initial_state: [{ type: 'm.room.join_rules', content: { join_rule: 'knock_restricted', allow: [] } }],
    })
    const room = await upgrade(alice, old, { new_version })
    await alice.say(room, 'here')
    const rule = (await contentOf(alice, room, 'm.room.join_rules')).join_rule
    const number = Number(new_version)
    expect(rule).toBe(number >= 10 ? 'knock_restricted' : number >= 7 ? 'knock' : 'invite')
    const { users } = await contentOf(alice, room, 'm.room.power_levels')
    expect(users).toEqual(number >= 12 ? {} : { [alice.id]: 100 })
  })

  it('makes creators of those who are named, and of nobody else', async () => {
    const [alice, bob, carol] = [await person(), await person(), await person()]
    const old = await alice.createRoom({ preset: 'trusted_private_chat', invite: [carol.id] })
    const room = await upgrade(alice, old, { new_version: '12', additional_creators: [bob.id, alice.id] })
    expect((await contentOf(alice, room, 'm.room.create')).additional_creators).toEqual([bob.id])
    const lower = await upgrade(alice, old, { new_version: '11', additional_creators: [bob.id] })
    expect((await contentOf(alice, lower, 'm.room.power_levels')).users).toEqual({ [alice.id]: 100, [carol.id]: 100 })
  })

  it('is for those who may send the tombstone, and gives them the power to make the new room', async () => {
    const [alice, bob] = [await person(), await person()]
    const old = await alice.createRoom({
      room_version: '10',
      preset: 'public_chat',
      power_level_content_override: { users: { [alice.id]: 100, [bob.id]: 20 }, events: { 'm.room.tombstone': 20 } },
    })
    await bob.join(old)
    const room = await upgrade(bob, old, { new_version: '11' })
    expect((await contentOf(bob, room, 'm.room.power_levels')).users).toEqual({ [alice.id]: 100, [bob.id]: 20 })
    expect((await contentOf(bob, old, 'm.room.power_levels')).events_default).toBe(0)
    const refused = async (who: TownPerson, body: object, of = old) => {
      const answer = await who.call('POST', `${roomPath(of)}/upgrade`, { body })
      return `${answer.status} ${answer.json.errcode}`
    }
    const strict = await alice.createRoom({ room_version: '10', preset: 'public_chat' })
    await bob.join(strict)
    expect(await refused(bob, { new_version: '11' }, strict)).toBe('403 M_FORBIDDEN')
    expect(await refused(await person(), { new_version: '11' }, strict)).toBe('403 M_FORBIDDEN')
    expect(await refused(alice, { new_version: '99' })).toBe('400 M_UNSUPPORTED_ROOM_VERSION')
    expect(await statusOf(alice, strict, 'm.room.tombstone')).toBe(404)
  })

  it('of a space keeps its rooms', async () => {
    const alice = await person()
    const old = await alice.createRoom({ creation_content: { type: 'm.space' } })
    await alice.setState(old, 'm.space.child', { via: ['town.example'], order: 'a' }, '!a:town.example')
    await alice.setState(old, 'm.space.child', {}, '!b:town.example')
    const room = await upgrade(alice, old, { new_version: '12' })
    expect((await contentOf(alice, room, 'm.room.create')).type).toBe('m.space')
    const children = (await alice.ok('GET', `${roomPath(room)}/state`)).filter((e: any) => e.type === 'm.space.child')
    expect(children.map((event: any) => event.state_key)).toEqual(['!a:town.example'])
  })
})

describe('what people kept about the old room', () => {
  it('goes with each who joins the new one', async () => {
    const [alice, bob] = [await person(), await person()]
    const old = await alice.createRoom({ preset: 'public_chat', room_version: '11' })
    await bob.join(old)
    const settings = async (who: TownPerson) => {
      await who.ok('PUT', `/user/${enc(who.id)}/rooms/${enc(old)}/tags/m.favourite`, { order: 0.5 })
      await who.ok('PUT', `/user/${enc(who.id)}/account_data/m.direct`, { [alice.id]: ['!x:town.example', old] })
      await who.ok('PUT', `/pushrules/global/room/${enc(old)}`, { actions: [] })
      await who.ok('PUT', `/pushrules/global/override/${enc(old)}`, {
        actions: [],
        conditions: [{ kind: 'event_match', key: 'room_id', pattern: old }],
      })
    }
    await settings(alice)
    await settings(bob)
    const room = await upgrade(alice, old, { new_version: '12' })
    const kept = async (who: TownPerson) => {
      const { global } = await who.ok('GET', '/pushrules/')
      return {
        tags: (await who.ok('GET', `/user/${enc(who.id)}/rooms/${enc(room)}/tags`)).tags,
        direct: await who.ok('GET', `/user/${enc(who.id)}/account_data/m.direct`),
        room: global.room.map((rule: any) => rule.rule_id),
        override: global.override.find((rule: any) => rule.rule_id === room)?.conditions,
      }
    }
    const all = {
      tags: { 'm.favourite': { order: 0.5 } },
      direct: { [alice.id]: ['!x:town.example', old, room] },
      room: [room, old],
      override: [{ kind: 'event_match', key: 'room_id', pattern: room }],
    }
    expect(await kept(alice)).toEqual(all)
    expect((await bob.ok('GET', '/pushrules/')).global.room.map((rule: any) => rule.rule_id)).toEqual([old])
    await bob.join(room)
    expect(await kept(bob)).toEqual(all)
  })

  it('is done by one of two who do it at the same moment, here and on another node', async () => {
    const alice = await person()
    await using node = await town.openNode()
    for (const other of [alice, node.as(alice)]) {
      const alias = `#twice${++count}:town.example`
      const old = await alice.createRoom({ preset: 'public_chat', room_alias_name: `twice${count}` })
      await other.ok('GET', `${roomPath(old)}/state`)
      const path = `${roomPath(old)}/upgrade`
      const answers = await Promise.all(
        [alice, other].map((who) => who.call('POST', path, { body: { new_version: '12' } })),
      )
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 403])
      const room = answers.find((answer) => answer.status === 200)?.json.replacement_room
      expect((await contentOf(alice, old, 'm.room.tombstone')).replacement_room).toBe(room)
      expect((await alice.ok('GET', `/directory/room/${enc(alias)}`)).room_id).toBe(room)
      const again = await upgrade(alice, old, { new_version: '12' })
      expect((await contentOf(alice, old, 'm.room.tombstone')).replacement_room).toBe(again)
    }
  })

  it('does not follow a room that only says that it replaces another', async () => {
    const [alice, eve] = [await person(), await person()]
    const old = await alice.createRoom({ preset: 'public_chat' })
    await alice.ok('PUT', `/user/${enc(alice.id)}/rooms/${enc(old)}/tags/m.favourite`, {})
    const lure = await eve.createRoom({
      preset: 'public_chat',
      creation_content: { predecessor: { room_id: old, event_id: '$x' } },
    })
    await alice.join(lure)
    expect((await alice.ok('GET', `/user/${enc(alice.id)}/rooms/${enc(lure)}/tags`)).tags).toEqual({})
  })
})
