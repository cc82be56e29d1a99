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
const person = () => town.person(`c${++count}`)

const stateOf = async (who: TownPerson, room: string): Promise<any[]> => who.ok('GET', `${roomPath(room)}/state`)
const contentOf = (state: any[], type: string, key = '') =>
  state.find((event) => event.type === type && event.state_key === key)?.content
/** Oldest first. */
const typesOf = async (who: TownPerson, room: string) =>
  (await who.messages(room)).chunk.reverse().map((event) => event.type)

const presets = [
  { preset: 'private_chat', join: 'invite', guests: 'can_join', invitedLevel: undefined },
  { preset: 'trusted_private_chat', join: 'invite', guests: 'can_join', invitedLevel: 100 },
  { preset: 'public_chat', join: 'public', guests: 'forbidden', invitedLevel: undefined },
] as const

describe('a new room', () => {
  for (const { id, privilegedCreators, implicitRoomCreator, roomIdIsCreateHash, eventIds } of roomVersions) {
    it.each(presets)(`of version ${id} begins as $preset says`, async ({ preset, join, guests, invitedLevel }) => {
      const [alice, bob] = [await person(), await person()]
      const room = await alice.createRoom({ preset, room_version: id, invite: [bob.id], name: 'N' })
      expect(room.includes(':')).toBe(!roomIdIsCreateHash)
      const state = await stateOf(alice, room)
      expect(contentOf(state, 'm.room.join_rules')).toEqual({ join_rule: join })
      expect(contentOf(state, 'm.room.history_visibility')).toEqual({ history_visibility: 'shared' })
      expect(contentOf(state, 'm.room.guest_access')).toEqual({ guest_access: guests })
      const create = contentOf(state, 'm.room.create')
      expect(create.room_version).toBe(id)
      expect(create.creator).toBe(implicitRoomCreator ? undefined : alice.id)
      const isCreator = privilegedCreators && invitedLevel !== undefined
      expect(create.additional_creators).toEqual(isCreator ? [bob.id] : undefined)
      const { users } = contentOf(state, 'm.room.power_levels')
      expect(users[alice.id]).toBe(privilegedCreators ? undefined : 100)
      expect(users[bob.id]).toBe(privilegedCreators ? undefined : invitedLevel)
      expect(contentOf(state, 'm.room.member', bob.id).membership).toBe('invite')
      for (const event of state)
        expect(event.event_id).toMatch(eventIds === 'in-event' ? /^\$.+:town\.example$/ : /^\$[^:]+$/)
      await bob.join(room)
      await bob.say(room, 'here')
      expect((await alice.messages(room)).chunk[0].content.body).toBe('here')
    })
  }

  it('tells its events in the order of the specification', async () => {
    const alice = await person()
    const room = await alice.createRoom({
      room_alias_name: `order${count}`,
      name: 'Name',
      topic: 'Topic',
      initial_state: [{ type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
      invite: ['@c1:town.example'],
    })
    expect(await typesOf(alice, room)).toEqual([
      'm.room.create',
      'm.room.member',
      'm.room.power_levels',
      'm.room.canonical_alias',
      'm.room.join_rules',
      'm.room.history_visibility',
      'm.room.guest_access',
      'm.room.encryption',
      'm.room.name',
      'm.room.topic',
      'm.room.member',
    ])
  })

  it('lets options go before initial state, and that before the preset', async () => {
    const alice = await person()
    const levels = { users: { [alice.id]: 100 }, events: { 'm.x': 7 }, invite: 3 }
    const room = await alice.createRoom({
      room_version: '11',
      preset: 'public_chat',
      name: 'of the option',
      creation_content: { 'm.federate': false, creator: '@eve:town.example', room_version: '3' },
      power_level_content_override: { invite: 40 },
      initial_state: [
        { type: 'm.room.name', content: { name: 'of the state' } },
        { type: 'm.room.join_rules', content: { join_rule: 'knock' } },
        { type: 'm.room.power_levels', content: levels },
      ],
    })
    const state = await stateOf(alice, room)
    expect(contentOf(state, 'm.room.name')).toEqual({ name: 'of the option' })
    expect(contentOf(state, 'm.room.join_rules')).toEqual({ join_rule: 'knock' })
    expect(contentOf(state, 'm.room.power_levels')).toEqual({ ...levels, invite: 40 })
    expect(contentOf(state, 'm.room.create')).toEqual({ 'm.federate': false, room_version: '11' })
  })

  it('has the version that the operator chose where its maker names none', async () => {
    await using other = await startTown({ defaultRoomVersion: '10' })
    const alice = await other.person('alice')
    expect(contentOf(await stateOf(alice, await alice.createRoom()), 'm.room.create').room_version).toBe('10')
    const { capabilities } = await alice.ok('GET', '/capabilities')
    expect(capabilities['m.room_versions'].default).toBe('10')
    expect(Object.keys(capabilities['m.room_versions'].available)).toEqual(roomVersions.map(({ id }) => id))
  })

  it('takes no address that leads elsewhere as its own, and no invitation by address', async () => {
    const alice = await person()
    await alice.createRoom({ room_alias_name: `mine${count}` })
    const claim = { type: 'm.room.canonical_alias', content: { alias: `#mine${count}:town.example` } }
    const refused = async (body: object) => {
      const { status, json } = await alice.call('POST', '/createRoom', { body })
      return `${status} ${json.errcode}`
    }
    expect(await refused({ initial_state: [claim] })).toBe('400 M_BAD_ALIAS')
    const byAddress = { id_server: 'id.example', medium: 'email', address: 'a@b.example' }
    expect(await refused({ invite_3pid: [{ ...byAddress, id_access_token: 't' }] })).toBe('403 M_SERVER_NOT_TRUSTED')
    const room = await alice.createRoom({ invite_3pid: [] })
    const answer = await alice.call('POST', `${roomPath(room)}/invite`, { body: byAddress })
    expect(`${answer.status} ${answer.json.errcode}`).toBe('403 M_SERVER_NOT_TRUSTED')
  })

  it('leaves nothing behind when it is refused', async () => {
    const alice = await person()
    const counts = async () => {
      const tables = ['room', 'room_head', 'state_line', 'room_alias', 'data_key']
      const selects = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`)
      return town.database.postgres.row(`select ${selects.join(', ')}`)
    }
    const before = await counts()
    const body = { room_alias_name: `refused${count}`, power_level_content_override: { users: { [alice.id]: 100 } } }
    expect((await alice.call('POST', '/createRoom', { body })).json.errcode).toBe('M_INVALID_ROOM_STATE')
    expect(await counts()).toEqual(before)
  })
})

describe('rooms of versions 1 and 2', () => {
  it.each(['1', '2'])('name events with their hashes, also after a restart (version %s)', async (room_version) => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ room_version, preset: 'public_chat' })
    await bob.join(room)
    await bob.say(room, 'one')
    await alice.setState(room, 'm.room.topic', { topic: 't' })
    await town.restart()
    const two = await bob.say(room, 'two')
    const redaction = await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(two)}/r1`, {})
    expect(redaction.event_id).toMatch(/:town\.example$/)
    const { chunk } = await alice.messages(room)
    expect(chunk.find((event) => event.event_id === two).content).toEqual({})
    await bob.leave(room)
    await bob.join(room)
    await bob.say(room, 'three')
  })
})
