import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`m${++count}`)
const enc = encodeURIComponent

/** Status and code of a refusal. */
async function refusal(who: TownPerson, method: string, path: string, body: unknown = {}): Promise<string> {
  const answer = await who.call(method, path, { body })
  return `${answer.status} ${answer.json?.errcode}`
}

const memberPath = (room: string, who: TownPerson) => `${roomPath(room)}/state/m.room.member/${enc(who.id)}`
const put = (by: TownPerson, room: string, who: TownPerson, content: object): Promise<{ event_id: string }> =>
  by.ok('PUT', memberPath(room, who), content)
const memberOf = (by: TownPerson, room: string, who: TownPerson) => by.ok('GET', memberPath(room, who))

describe('membership set as state', () => {
  it('goes the way of inviting, joining, removing and banning', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom()
    await put(alice, room, bob, { membership: 'invite', reason: 'come' })
    expect(await memberOf(alice, room, bob)).toMatchObject({ membership: 'invite', reason: 'come', displayname: 'M2' })
    await put(bob, room, bob, { membership: 'join' })
    expect(await memberOf(alice, room, bob)).toEqual({ membership: 'join', displayname: 'M2' })
    await put(alice, room, bob, { membership: 'leave', reason: 'bye' })
    expect(await refusal(alice, 'PUT', memberPath(room, bob), { membership: 'leave' })).toBe('403 M_FORBIDDEN')
    expect(await refusal(bob, 'PUT', memberPath(room, bob), { membership: 'join' })).toBe('403 M_FORBIDDEN')
    await put(alice, room, bob, { membership: 'ban' })
    expect(await refusal(alice, 'PUT', memberPath(room, bob), { membership: 'invite' })).toBe('403 M_FORBIDDEN')
    await put(alice, room, bob, { membership: 'leave' })
    expect(await memberOf(alice, room, bob)).toEqual({ membership: 'leave' })
  })

  it('invites no account that does not exist or is closed', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const nobody = `${roomPath(room)}/state/m.room.member/${enc('@nobody:town.example')}`
    expect(await refusal(alice, 'PUT', nobody, { membership: 'invite' })).toBe('404 M_NOT_FOUND')
    expect(await refusal(alice, 'PUT', `${roomPath(room)}/state/m.room.member/x`, { membership: 'invite' })).toBe(
      '400 M_BAD_JSON',
    )
    expect(await refusal(alice, 'PUT', memberPath(room, alice), { membership: 'joined' })).toBe('400 M_BAD_JSON')
    expect(await refusal(alice, 'PUT', memberPath(room, alice), { membership: 'join', displayname: 7 })).toBe(
      '400 M_BAD_JSON',
    )
  })

  it('keeps a name for this room alone, and takes no voucher from a client', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    await put(alice, room, alice, {
      membership: 'join',
      displayname: 'Here only',
      join_authorised_via_users_server: alice.id,
      kind: 'guest',
    })
    expect(await memberOf(alice, room, alice)).toEqual({ membership: 'join', displayname: 'Here only' })
  })

  it('that says the same again is the same event', async () => {
    const [alice, bob, carol] = [await person(), await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    const first = await put(alice, room, alice, { membership: 'join', displayname: 'A' })
    expect(await put(alice, room, alice, { membership: 'join', displayname: 'A' })).toEqual(first)
    const invited = await put(alice, room, bob, { membership: 'invite' })
    expect(await put(alice, room, bob, { membership: 'invite' })).toEqual(invited)
    await carol.join(room)
    expect(await put(carol, room, bob, { membership: 'invite' })).not.toEqual(invited)
    const topic = await alice.setState(room, 'm.room.topic', { topic: 't' })
    expect(await alice.setState(room, 'm.room.topic', { topic: 't' })).toBe(topic)
  })
})

describe('removing', () => {
  it('reaches closed accounts, and people who were never seen', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    await bob.ok('POST', '/account/deactivate', {
      auth: {
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: bob.id },
        password: 'correct horse battery staple',
      },
    })
    await alice.ok('POST', `${roomPath(room)}/ban`, { user_id: bob.id })
    await alice.ok('POST', `${roomPath(room)}/unban`, { user_id: bob.id })
    await alice.ok('POST', `${roomPath(room)}/ban`, { user_id: '@spam:elsewhere.example', reason: 'spam' })
    expect(await refusal(alice, 'POST', `${roomPath(room)}/invite`, { user_id: bob.id })).toBe('404 M_NOT_FOUND')
    expect(await refusal(alice, 'POST', `${roomPath(room)}/unban`, { user_id: bob.id })).toBe('403 M_FORBIDDEN')
    expect(await refusal(alice, 'POST', `${roomPath(room)}/kick`, { user_id: bob.id })).toBe('403 M_FORBIDDEN')
  })
})

describe('forgetting', () => {
  it('wants the room left first', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom()
    expect(await refusal(alice, 'POST', `${roomPath(room)}/forget`)).toBe('400 M_UNKNOWN')
    expect(await refusal(bob, 'POST', `${roomPath(room)}/forget`)).toBe('403 M_FORBIDDEN')
    await alice.leave(room)
    await alice.ok('POST', `${roomPath(room)}/forget`, {})
    expect((await alice.sync(undefined, { filter: '{"room":{"include_leave":true}}' })).rooms?.leave).toBeUndefined()
  })
})

describe('restricted rooms', () => {
  const rules = (rule: string, ...rooms: string[]) => ({
    join_rule: rule,
    allow: rooms.map((room_id) => ({ type: 'm.room_membership', room_id })),
  })
  const joinPath = (room: string) => `/join/${enc(room)}`

  for (const [version, rule] of [
    ['8', 'restricted'],
    ['10', 'knock_restricted'],
    ['12', 'restricted'],
  ] as const) {
    it(`of version ${version} let in who is in a room that they name (${rule})`, async () => {
      const [alice, bob, carol] = [await person(), await person(), await person()]
      const space = await alice.createRoom({ preset: 'public_chat' })
      const room = await alice.createRoom({
        room_version: version,
        initial_state: [{ type: 'm.room.join_rules', content: rules(rule, '!unknown:nowhere', space) }],
      })
      await bob.join(space)
      await bob.join(room)
      expect(await memberOf(alice, room, bob)).toMatchObject({ join_authorised_via_users_server: alice.id })
      expect(await refusal(carol, 'POST', joinPath(room))).toBe('403 M_UNABLE_TO_AUTHORISE_JOIN')
      await alice.setState(room, 'm.room.join_rules', rules(rule, space))
      const hidden = await carol.call('POST', joinPath('!no:town.example'), { body: {} })
      const shut = await carol.call('POST', joinPath(room), { body: {} })
      expect([shut.status, shut.json]).toEqual([hidden.status, hidden.json])
      await bob.leave(space)
      await bob.leave(room)
      expect(await refusal(bob, 'POST', joinPath(room))).toBe('403 M_FORBIDDEN')
      await alice.ok('POST', `${roomPath(room)}/invite`, { user_id: carol.id })
      await carol.join(room)
    })
  }

  it('let nobody in when nobody left may invite', async () => {
    const [alice, bob, carol] = [await person(), await person(), await person()]
    const space = await alice.createRoom({ preset: 'public_chat' })
    const room = await alice.createRoom({
      invite: [carol.id],
      power_level_content_override: { invite: 50 },
      initial_state: [{ type: 'm.room.join_rules', content: rules('restricted', space) }],
    })
    await carol.join(room)
    await bob.join(space)
    await alice.leave(room)
    expect(await refusal(bob, 'POST', joinPath(room))).toBe('403 M_UNABLE_TO_GRANT_JOIN')
  })

  it('where everybody may invite, any member vouches', async () => {
    const [alice, bob, carol] = [await person(), await person(), await person()]
    const space = await alice.createRoom({ preset: 'public_chat' })
    const room = await alice.createRoom({
      invite: [carol.id],
      initial_state: [{ type: 'm.room.join_rules', content: rules('restricted', space) }],
    })
    await carol.join(room)
    await bob.join(space)
    await alice.leave(room)
    await bob.ok('POST', `${joinPath(room)}?via=town.example&via=other.example&server_name=town.example`, {})
    expect(await memberOf(carol, room, bob)).toMatchObject({ join_authorised_via_users_server: carol.id })
  })
})

describe('addresses of rooms', () => {
  it('lead nobody to a room that is hidden from him, whatever he wants to do with them', async () => {
    const [alice, bob] = [await person(), await person()]
    await alice.createRoom({ room_alias_name: `hidden${count}` })
    const [hidden, absent] = [`#hidden${count}:town.example`, '#absent:town.example'].map(enc)
    for (const [method, path] of [
      ['POST', '/join/'],
      ['POST', '/knock/'],
      ['GET', '/directory/room/'],
      ['DELETE', '/directory/room/'],
    ] as const) {
      const body = method === 'POST' ? { body: {} } : {}
      const [one, other] = [await bob.call(method, path + hidden, body), await bob.call(method, path + absent, body)]
      expect([path, one.status, one.json]).toEqual([path, 404, other.json])
    }
  })

  it('of a restricted room are known to those who could join it', async () => {
    const [alice, bob, carol] = [await person(), await person(), await person()]
    const space = await alice.createRoom({ preset: 'public_chat' })
    const room = await alice.createRoom({
      room_alias_name: `restricted${count}`,
      initial_state: [
        {
          type: 'm.room.join_rules',
          content: { join_rule: 'restricted', allow: [{ type: 'm.room_membership', room_id: space }] },
        },
      ],
    })
    const alias = `#restricted${count}:town.example`
    await bob.join(space)
    expect((await bob.ok('GET', `/directory/room/${enc(alias)}`)).room_id).toBe(room)
    expect(await refusal(carol, 'POST', `/join/${enc(alias)}`)).toBe('404 M_NOT_FOUND')
    expect(await bob.join(alias)).toEqual({ room_id: room })
  })
})

describe('state of then', () => {
  it('is read one event at a time by who left', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat', topic: 'then' })
    await bob.join(room)
    await alice.setState(room, 'm.x', { of: 'then' }, 'a key')
    await bob.leave(room)
    await alice.setState(room, 'm.room.topic', { topic: 'now' })
    await alice.setState(room, 'm.x', { of: 'now' }, 'a key')
    await alice.setState(room, 'm.x', { of: 'now' }, 'new key')
    const state = (type: string, key = '') => bob.call('GET', `${roomPath(room)}/state/${type}/${enc(key)}`)
    expect((await state('m.room.topic')).json.topic).toBe('then')
    expect((await state('m.x', 'a key')).json).toEqual({ of: 'then' })
    expect((await state('m.x', 'new key')).status).toBe(404)
    expect((await state('m.room.member', bob.id)).json.membership).toBe('leave')
    expect((await state('m.room.member', alice.id)).json.membership).toBe('join')
  })
})

describe('guests', () => {
  it('come into rooms that admit them, as guests, and leave when they do so no longer', async () => {
    await using other = await startTown({ registration: { mode: 'closed', guests: true } })
    const alice = await other.person('alice')
    const answer = await fetch(`${other.url}/_matrix/client/v3/register?kind=guest`, { method: 'POST', body: '{}' })
    const guest = new TownPerson(() => other.url, (await answer.json()) as never)
    const shut = await alice.createRoom({ preset: 'public_chat' })
    expect(await refusal(guest, 'POST', `/join/${enc(shut)}`)).toBe('403 M_GUEST_ACCESS_FORBIDDEN')
    const open = await alice.createRoom({
      preset: 'public_chat',
      initial_state: [{ type: 'm.room.guest_access', content: { guest_access: 'can_join' } }],
    })
    await guest.join(open)
    expect(await memberOf(alice, open, guest)).toMatchObject({ membership: 'join', kind: 'guest' })
    await alice.setState(open, 'm.room.guest_access', { guest_access: 'forbidden' })
    expect(await memberOf(alice, open, guest)).toEqual({ membership: 'leave' })
    expect(await memberOf(alice, open, alice)).toMatchObject({ membership: 'join' })
    expect(await refusal(guest, 'POST', `/join/${enc(open)}`)).toBe('403 M_GUEST_ACCESS_FORBIDDEN')
  })
})

describe('invitations', () => {
  it('reach nobody who takes none', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom()
    await bob.ok('PUT', `/user/${enc(bob.id)}/account_data/m.invite_permission_config`, { default_action: 'block' })
    expect(await refusal(alice, 'POST', `${roomPath(room)}/invite`, { user_id: bob.id })).toBe('403 M_INVITE_BLOCKED')
    expect(await refusal(alice, 'PUT', memberPath(room, bob), { membership: 'invite' })).toBe('403 M_INVITE_BLOCKED')
    const direct = await alice.call('POST', '/createRoom', { body: { invite: [bob.id] } })
    expect(direct.json.errcode).toBe('M_INVITE_BLOCKED')
    await bob.ok('PUT', `/user/${enc(bob.id)}/account_data/m.invite_permission_config`, {})
    await alice.ok('POST', `${roomPath(room)}/invite`, { user_id: bob.id })
  })
})

it('gives nobody a name but her own', async () => {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom()
  const set = (membership: string) =>
    alice.setState(room, 'm.room.member', { membership, displayname: 'Minister', avatar_url: 'mxc://a/b' }, bob.id)
  for (const membership of ['invite', 'ban']) {
    await set(membership)
    const told = await alice.ok('GET', `${roomPath(room)}/state/m.room.member/${encodeURIComponent(bob.id)}`)
    expect(told.membership).toBe(membership)
    expect([told.displayname, told.avatar_url]).not.toContain('Minister')
    expect(told.avatar_url).toBeUndefined()
  }
})
