import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`s${++count}`)
const enc = encodeURIComponent

const spaceOf = (who: TownPerson, name: string, more: object = {}) =>
  who.createRoom({ name, preset: 'public_chat', creation_content: { type: 'm.space' }, ...more })
const child = (who: TownPerson, space: string, room: string, more: object = {}) =>
  who.setState(space, 'm.space.child', { via: ['town.example'], ...more }, room)
const hierarchy = (who: TownPerson, space: string, query: Record<string, string> = {}) =>
  who.call('GET', `/_matrix/client/v1${roomPath(space)}/hierarchy?${new URLSearchParams(query)}`)
const namesOf = async (who: TownPerson, space: string, query: Record<string, string> = {}): Promise<string[]> =>
  (await hierarchy(who, space, query)).json.rooms.map((room: any) => room.name)
const summary = (who: TownPerson, room: string, path = '/_matrix/client/v1/room_summary') =>
  who.call('GET', `${path}/${enc(room)}`)

describe('the hierarchy of a space', () => {
  it('goes depth first in the order of the children, each room once', async () => {
    const alice = await person()
    const [top, sub] = [await spaceOf(alice, 'top'), await spaceOf(alice, 'sub')]
    const open = (name: string) => alice.createRoom({ name, preset: 'public_chat' })
    const [first, second, late, deep] = [await open('1'), await open('2'), await open('late'), await open('deep')]
    await child(alice, top, late)
    await child(alice, top, second, { order: 'b' })
    await child(alice, top, first, { order: 'a', suggested: true })
    await child(alice, top, sub, { order: 'c', suggested: true })
    await child(alice, sub, deep)
    await child(alice, sub, top)
    await child(alice, top, '!unknown:elsewhere.example', { order: '0' })
    await child(alice, top, await open('taken out'), { via: [] })
    expect(await namesOf(alice, top)).toEqual(['top', '1', '2', 'sub', 'deep', 'late'])
    expect(await namesOf(alice, top, { max_depth: '1' })).toEqual(['top', '1', '2', 'sub', 'late'])
    expect(await namesOf(alice, top, { max_depth: '0' })).toEqual(['top'])
    expect(await namesOf(alice, top, { suggested_only: 'true' })).toEqual(['top', '1', 'sub'])
    const [root] = (await hierarchy(alice, top)).json.rooms
    expect(root).toMatchObject({ room_id: top, room_type: 'm.space', join_rule: 'public', num_joined_members: 1 })
    expect(root.children_state.map((event: any) => event.state_key)).toEqual([
      '!unknown:elsewhere.example',
      first,
      second,
      sub,
      late,
    ])
    expect(root.children_state[1]).toEqual({
      type: 'm.space.child',
      state_key: first,
      sender: alice.id,
      content: { via: ['town.example'], order: 'a', suggested: true },
      origin_server_ts: expect.any(Number),
    })
  })

  it('comes in pages whose wishes stay the same', async () => {
    const alice = await person()
    const top = await spaceOf(alice, 'top')
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await child(alice, top, await alice.createRoom({ name, preset: 'public_chat' }), { order: name })
    }
    const told: string[] = []
    let from: string | undefined
    let page = 0
    do {
      // What one server remembers of the walk, another does without.
      if (++page === 3) await town.restart()
      const { json } = await hierarchy(alice, top, { limit: '2', max_depth: '3', ...(from !== undefined && { from }) })
      told.push(...json.rooms.map((room: any) => room.name))
      // Who lost the answer is given the same page again.
      const again = { limit: '2', max_depth: '3', ...(from !== undefined && { from }) }
      expect((await hierarchy(alice, top, again)).json).toEqual(json)
      from = json.next_batch
      if (from === undefined) continue
      const other = await hierarchy(alice, top, { limit: '2', max_depth: '2', from })
      expect([other.status, other.json.errcode]).toEqual([400, 'M_INVALID_PARAM'])
    } while (from !== undefined)
    expect(told).toEqual(['top', 'a', 'b', 'c', 'd', 'e'])
    expect((await hierarchy(alice, top, { from: 'x' })).json.errcode).toBe('M_INVALID_PARAM')
    expect((await hierarchy(alice, top, { limit: '0' })).status).toBe(400)
  })

  it('shows each person what she may look at', async () => {
    const [alice, bob, eve] = [await person(), await person(), await person()]
    const top = await spaceOf(alice, 'top')
    const rule = (name: string, content: object) =>
      alice.createRoom({ name, initial_state: [{ type: 'm.room.join_rules', content }] })
    const allow = [{ type: 'm.room_membership', room_id: top }]
    const rooms = [
      await alice.createRoom({ name: 'private' }),
      await alice.createRoom({ name: 'invited', invite: [bob.id] }),
      await rule('restricted', { join_rule: 'restricted', allow }),
      await rule('knocking', { join_rule: 'knock' }),
      await alice.createRoom({
        name: 'readable',
        initial_state: [{ type: 'm.room.history_visibility', content: { history_visibility: 'world_readable' } }],
      }),
    ]
    for (const [n, room] of rooms.entries()) await child(alice, top, room, { order: String(n) })
    expect(await namesOf(alice, top)).toEqual(['top', 'private', 'invited', 'restricted', 'knocking', 'readable'])
    expect(await namesOf(bob, top)).toEqual(['top', 'invited', 'knocking', 'readable'])
    await bob.join(top)
    expect(await namesOf(bob, top)).toEqual(['top', 'invited', 'restricted', 'knocking', 'readable'])
    const told = (await hierarchy(bob, top)).json.rooms.find((room: any) => room.name === 'restricted')
    expect(told.allowed_room_ids).toEqual([top])
    await alice.ok('POST', `${roomPath(top)}/ban`, { user_id: eve.id })
    const banned = await hierarchy(eve, top)
    const absent = await hierarchy(eve, '!absent:town.example')
    expect([banned.status, banned.json]).toEqual([403, absent.json])
  })
})

describe('the summary of a room', () => {
  it('is for those who might come in, by id and by address, on every path', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({
      name: 'N',
      topic: 'T',
      room_version: '11',
      room_alias_name: `sum${count}`,
      initial_state: [{ type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    })
    expect((await summary(bob, room)).json.errcode).toBe('M_NOT_FOUND')
    expect((await summary(bob, `#sum${count}:town.example`)).json.errcode).toBe('M_NOT_FOUND')
    await alice.ok('POST', `${roomPath(room)}/invite`, { user_id: bob.id })
    const expected = {
      room_id: room,
      name: 'N',
      topic: 'T',
      canonical_alias: `#sum${count}:town.example`,
      num_joined_members: 1,
      world_readable: false,
      guest_can_join: true,
      join_rule: 'invite',
      room_version: '11',
      encryption: 'm.megolm.v1.aes-sha2',
      membership: 'invite',
    }
    expect((await summary(bob, room)).json).toEqual(expected)
    expect((await summary(bob, `#sum${count}:town.example`)).json).toEqual(expected)
    const unstable = '/_matrix/client/unstable/im.nheko.summary'
    expect((await summary(bob, room, `${unstable}/summary`)).json).toEqual(expected)
    expect((await bob.call('GET', `${unstable}/rooms/${enc(room)}/summary`)).json).toEqual(expected)
  })
})

describe('rooms that two people share', () => {
  it('are those in which both are', async () => {
    const [alice, bob] = [await person(), await person()]
    const rooms = [await alice.createRoom({ invite: [bob.id] }), await alice.createRoom({ invite: [bob.id] })]
    await bob.join(rooms[0] as string)
    const mutual = (who: TownPerson, id: string, more = '') =>
      who.call('GET', `/_matrix/client/v1/mutual_rooms?user_id=${enc(id)}${more}`)
    expect((await mutual(alice, bob.id)).json).toEqual({ joined: [rooms[0]], count: 1 })
    expect((await mutual(bob, alice.id)).json).toEqual({ joined: [rooms[0]], count: 1 })
    expect((await mutual(bob, '@nobody:town.example')).json).toEqual({ joined: [], count: 0 })
    expect((await mutual(bob, bob.id)).json.errcode).toBe('M_INVALID_PARAM')
    expect((await mutual(bob, alice.id, '&from=x')).json.errcode).toBe('M_INVALID_PARAM')
  })
})
