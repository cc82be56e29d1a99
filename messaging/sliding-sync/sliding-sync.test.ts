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
const list = (more: object = {}) => ({ ranges: [[0, 19]], timeline_limit: 10, required_state: [], ...more })
const all = (more: object = {}) => ({ lists: { all: list(more) } })
const bodies = (room: any) => (room?.timeline ?? []).map((event: any) => event.content.body).filter(Boolean)
const state = (room: any) => (room?.required_state ?? []).map((event: any) => `${event.type} ${event.state_key}`).sort()

describe('a list', () => {
  it('gives the rooms of its range, the newest first, and their number', async () => {
    const alice = await person()
    const rooms: string[] = []
    for (const name of ['first', 'second', 'third']) rooms.push(await alice.createRoom({ name }))
    await alice.say(rooms[0] ?? '', 'bump')
    const answer = await alice.sliding(all({ ranges: [[0, 1]] }))
    expect(answer.lists.all.count).toBe(3)
    expect(Object.keys(answer.rooms).sort()).toEqual([rooms[0], rooms[2]].sort())
    const room = answer.rooms[rooms[0] ?? '']
    expect(room).toMatchObject({ initial: true, name: 'first', membership: 'join', joined_count: 1, num_live: 0 })
    expect(bodies(room)).toEqual(['bump'])
    const grown = await alice.sliding(all({ ranges: [[0, 9]] }), { pos: answer.pos })
    expect(Object.keys(grown.rooms)).toEqual([rooms[1]])
  })

  it('tells what happened since, once, and again to who lost the answer', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const first = await bob.sliding(all())
    await alice.say(room, 'one')
    const second = await bob.sliding(all(), { pos: first.pos })
    expect(bodies(second.rooms[room])).toEqual(['one'])
    expect(second.rooms[room]).toMatchObject({ num_live: 1, limited: false, notification_count: 1 })
    expect(second.rooms[room].initial).toBeUndefined()
    await alice.say(room, 'two')
    expect(bodies((await bob.sliding(all(), { pos: first.pos })).rooms[room])).toEqual(['one', 'two'])
    expect(bodies((await bob.sliding(all(), { pos: second.pos })).rooms[room])).toEqual(['two'])
  })

  it('wakes a client that waits', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const { pos } = await bob.sliding(all())
    const waiting = bob.sliding(all(), { pos, timeout: '20000' })
    await alice.say(room, 'wake up')
    expect(bodies((await waiting).rooms[room])).toEqual(['wake up'])
  })

  it('keeps what a room lacks that fell out of the range', async () => {
    const alice = await person()
    const [quiet, busy] = [await alice.createRoom({ name: 'quiet' }), await alice.createRoom({ name: 'busy' })]
    const one = all({ ranges: [[0, 0]], timeline_limit: 3 })
    const first = await alice.sliding(one)
    expect(Object.keys(first.rooms)).toEqual([busy])
    await alice.say(quiet, 'q1')
    const second = await alice.sliding(one, { pos: first.pos })
    expect(Object.keys(second.rooms)).toEqual([quiet])
    await alice.say(quiet, 'q2')
    await alice.say(busy, 'b1')
    const third = await alice.sliding(one, { pos: second.pos })
    expect(Object.keys(third.rooms)).toEqual([busy])
    expect(third.rooms[busy].initial).toBeUndefined()
    expect(bodies(third.rooms[busy])).toEqual(['b1'])
    const fourth = await alice.sliding(all({ timeline_limit: 3 }), { pos: third.pos })
    expect(Object.keys(fourth.rooms)).toEqual([quiet])
    expect(bodies(fourth.rooms[quiet])).toEqual(['q2'])
    expect(fourth.rooms[quiet].initial).toBeUndefined()
  })
})

describe('what a request may ask for', () => {
  it('is bounded, so that no request holds others up', async () => {
    const alice = await person()
    const many = (n: number) => Array.from({ length: n }, (_, i) => `!${i}:town.example`)
    const asked = async (body: object) =>
      (await alice.call('POST', '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync', { body })).status
    const pairs = (n: number) => many(n).map((name) => [name, ''])
    for (const name of ['spaces', 'room_types', 'not_room_types', 'tags', 'not_tags']) {
      expect(await asked(all({ filters: { [name]: many(100) } }))).toBe(200)
      expect(await asked(all({ filters: { [name]: many(101) } }))).toBe(400)
    }
    expect(await asked(all({ required_state: pairs(500) }))).toBe(200)
    expect(await asked(all({ required_state: pairs(501) }))).toBe(400)
    const lists = Object.fromEntries(many(11).map((name) => [name, list({ required_state: pairs(500) })]))
    expect(await asked({ lists })).toBe(400)
  })
})

describe('filters', () => {
  async function house() {
    const [alice, bob] = [await person(), await person()]
    const plain = await alice.createRoom({ name: 'Plain' })
    const space = await alice.createRoom({ name: 'Space', creation_content: { type: 'm.space' } })
    const odd = await alice.createRoom({ name: 'Odd', creation_content: { type: 'org.example.odd' } })
    const secret = await alice.createRoom({
      name: 'Secret',
      initial_state: [{ type: 'm.room.encryption', content: { algorithm: 'm.megolm.v1.aes-sha2' } }],
    })
    const invited = await bob.createRoom({ name: 'Party', invite: [alice.id] })
    await alice.setState(space, 'm.space.child', { via: ['town.example'] }, secret)
    await alice.ok('PUT', `/user/${encodeURIComponent(alice.id)}/account_data/m.direct`, { [bob.id]: [plain] })
    const tag = `/user/${encodeURIComponent(alice.id)}${roomPath(odd)}/tags/m.favourite`
    await alice.ok('PUT', tag, { order: 0.5 })
    return { alice, plain, space, odd, secret, invited }
  }

  it('choose by type, encryption, invitation, directness, space, tag and name', async () => {
    const { alice, plain, space, odd, secret, invited } = await house()
    const found = async (filters: object) => {
      const answer = await alice.sliding(all({ filters }))
      expect(answer.lists.all.count).toBe(Object.keys(answer.rooms).length)
      return Object.keys(answer.rooms).sort()
    }
    expect(await found({ room_types: ['m.space'] })).toEqual([space])
    expect(await found({ room_types: ['org.example.odd'] })).toEqual([odd])
    expect(await found({ room_types: [null], is_invite: false })).toEqual([plain, secret].sort())
    expect(await found({ not_room_types: ['m.space'] })).toEqual([plain, odd, secret, invited].sort())
    expect(await found({ is_encrypted: true })).toEqual([secret])
    expect(await found({ is_invite: true })).toEqual([invited])
    expect(await found({ is_dm: true })).toEqual([plain])
    expect(await found({ is_dm: false, is_invite: false })).toEqual([space, odd, secret].sort())
    expect(await found({ spaces: [space] })).toEqual([secret])
    expect(await found({ tags: ['m.favourite'] })).toEqual([odd])
    expect(await found({ not_tags: ['m.favourite'], is_invite: false })).toEqual([plain, space, secret].sort())
    expect(await found({ room_name_like: 'sec' })).toEqual([secret])
  })

  it('follow what changes: a room becomes encrypted, and direct', async () => {
    const { alice, plain, odd } = await house()
    const filters = { is_encrypted: true }
    const first = await alice.sliding(all({ filters }))
    await alice.setState(odd, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' })
    const second = await alice.sliding(all({ filters }), { pos: first.pos })
    expect(second.lists.all.count).toBe(2)
    expect(Object.keys(second.rooms)).toEqual([odd])
    const begun = await alice.sliding(all())
    expect(begun.rooms[plain].is_dm).toBe(true)
    await alice.ok('PUT', `/user/${encodeURIComponent(alice.id)}/account_data/m.direct`, { '@x:y': [odd] })
    const { rooms } = await alice.sliding(all(), { pos: begun.pos })
    expect(rooms[odd].is_dm).toBe(true)
    expect(rooms[plain].is_dm).toBe(false)
  })
})

describe('required state', () => {
  it('is told as it was asked for, and later as it changes', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat', name: 'R', topic: 'T' })
    await bob.join(room)
    await alice.setState(room, 'org.x', { n: 1 }, 'a')
    await alice.setState(room, 'org.x', { n: 1 }, 'b')
    const told = async (pairs: string[][]) =>
      state((await alice.sliding(all({ required_state: pairs, timeline_limit: 1 }))).rooms[room])
    expect(await told([['m.room.create', '']])).toEqual(['m.room.create '])
    expect(await told([['org.x', '*']])).toEqual(['org.x a', 'org.x b'])
    expect(await told([['org.x', 'b']])).toEqual(['org.x b'])
    expect(await told([['m.room.member', '$ME']])).toEqual([`m.room.member ${alice.id}`])
    expect(await told([['m.room.member', '*']])).toEqual([`m.room.member ${alice.id}`, `m.room.member ${bob.id}`])
    expect(await told([['m.room.member', '$LAZY']])).toEqual([`m.room.member ${alice.id}`])
    const lazyAll = await told([
      ['*', '*'],
      ['m.room.member', '$LAZY'],
    ])
    expect(lazyAll).toContain('m.room.topic ')
    expect(lazyAll).not.toContain(`m.room.member ${bob.id}`)
    expect(await told([['*', '*']])).toContain(`m.room.member ${bob.id}`)

    const wish = all({ required_state: [['m.room.topic', '']] })
    const first = await alice.sliding(wish)
    await alice.setState(room, 'm.room.topic', { topic: 'T2' })
    await alice.setState(room, 'm.room.join_rules', { join_rule: 'invite' })
    const second = await alice.sliding(wish, { pos: first.pos })
    expect(second.rooms[room].required_state.map((event: any) => event.content)).toEqual([{ topic: 'T2' }])
    const wider = all({
      required_state: [
        ['m.room.topic', ''],
        ['m.room.join_rules', ''],
      ],
    })
    const third = await alice.sliding(wider, { pos: second.pos })
    expect(state(third.rooms[room])).toEqual(['m.room.join_rules '])
    expect((await alice.sliding(wider, { pos: third.pos })).rooms).toEqual({})
  })

  it('names a room by its heroes while it has no name, and says when a name is gone', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const first = await alice.sliding(all())
    expect(first.rooms[room].name).toBeUndefined()
    const [, localpart = ''] = /^@(.+):/.exec(bob.id) ?? []
    expect(first.rooms[room].heroes).toEqual([{ user_id: bob.id, displayname: localpart.toUpperCase() }])
    await alice.setState(room, 'm.room.name', { name: 'Named' })
    const second = await alice.sliding(all(), { pos: first.pos })
    expect(second.rooms[room].name).toBe('Named')
    expect(second.rooms[room].heroes).toBeUndefined()
    await alice.setState(room, 'm.room.name', {})
    const third = await alice.sliding(all(), { pos: second.pos })
    expect(third.rooms[room].name).toBeNull()
    expect(third.rooms[room].heroes).toHaveLength(1)
  })

  it('brings members along who speak for the first time, and all who change', async () => {
    const [alice, bob, carol] = [await person(), await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    await alice.say(room, 'hello')
    const lazy = all({ timeline_limit: 1, required_state: [['m.room.member', '$LAZY']] })
    const first = await alice.sliding(lazy)
    expect(state(first.rooms[room])).toEqual([`m.room.member ${alice.id}`])
    await bob.say(room, 'hello')
    const second = await alice.sliding(lazy, { pos: first.pos })
    expect(state(second.rooms[room])).toEqual([`m.room.member ${bob.id}`])
    await bob.say(room, 'again')
    const third = await alice.sliding(lazy, { pos: second.pos })
    expect(state(third.rooms[room])).toEqual([])
    await carol.join(room)
    const fourth = await alice.sliding(lazy, { pos: third.pos })
    expect(state(fourth.rooms[room])).toEqual([`m.room.member ${carol.id}`])
    expect(fourth.rooms[room].joined_count).toBe(3)
  })
})

describe('a timeline', () => {
  it('is told anew and longer to a client that wants more of it', async () => {
    const alice = await person()
    const room = await alice.createRoom({ name: 'long' })
    for (const body of ['a', 'b', 'c', 'd']) await alice.say(room, body)
    const first = await alice.sliding(all({ timeline_limit: 1 }))
    expect(bodies(first.rooms[room])).toEqual(['d'])
    expect(first.rooms[room].limited).toBe(true)
    const subscribed = { ...all({ timeline_limit: 1 }), room_subscriptions: { [room]: { timeline_limit: 3 } } }
    const second = await alice.sliding(subscribed, { pos: first.pos })
    expect(bodies(second.rooms[room])).toEqual(['b', 'c', 'd'])
    expect(second.rooms[room].unstable_expanded_timeline).toBe(true)
    expect(second.rooms[room].num_live).toBe(0)
    expect((await alice.sliding(subscribed, { pos: second.pos })).rooms).toEqual({})
    const page = await alice.messages(room, { from: second.rooms[room].prev_batch })
    expect(page.chunk[0].content.body).toBe('a')
  })

  it('is limited where more happened, and pages back without a gap', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const first = await alice.sliding(all({ timeline_limit: 2 }))
    for (const body of ['a', 'b', 'c', 'd']) await alice.say(room, body)
    const second = await alice.sliding(all({ timeline_limit: 2 }), { pos: first.pos })
    expect(bodies(second.rooms[room])).toEqual(['c', 'd'])
    expect(second.rooms[room].limited).toBe(true)
    const page = await alice.messages(room, { from: second.rooms[room].prev_batch })
    expect(page.chunk.slice(0, 2).map((event) => event.content.body)).toEqual(['b', 'a'])
    const fromPos = await alice.messages(room, { from: first.pos })
    expect(fromPos.chunk.map((event) => event.content.body).filter(Boolean)).toEqual([])
  })
})

describe('memberships', () => {
  it('show an invitation as stripped state, then the room anew', async () => {
    const [alice, bob] = [await person(), await person()]
    const first = await bob.sliding(all())
    const room = await alice.createRoom({ name: 'Party', invite: [bob.id] })
    const second = await bob.sliding(all(), { pos: first.pos })
    expect(second.rooms[room]).toMatchObject({ initial: true, membership: 'invite' })
    const stripped = second.rooms[room].invite_state.map((event: any) => event.type)
    expect(stripped).toEqual(expect.arrayContaining(['m.room.create', 'm.room.name', 'm.room.member']))
    expect(second.rooms[room].timeline).toBeUndefined()
    await bob.join(room)
    const third = await bob.sliding(all(), { pos: second.pos })
    expect(third.rooms[room]).toMatchObject({ initial: true, membership: 'join', name: 'Party' })
    expect(third.rooms[room].invite_state).toBeUndefined()
  })

  it('tell of leaving once, and of being removed also to who begins anew', async () => {
    const [alice, bob] = [await person(), await person()]
    const left = await alice.createRoom({ preset: 'public_chat', name: 'left' })
    const kicked = await alice.createRoom({ preset: 'public_chat', name: 'kicked' })
    for (const room of [left, kicked]) await bob.join(room)
    const first = await bob.sliding(all())
    await bob.leave(left)
    await alice.ok('POST', `${roomPath(kicked)}/kick`, { user_id: bob.id })
    await alice.say(kicked, 'not for bob')
    const second = await bob.sliding(all(), { pos: first.pos })
    expect(second.rooms[left].membership).toBe('leave')
    expect(second.rooms[kicked].membership).toBe('leave')
    expect(JSON.stringify(second)).not.toContain('not for bob')
    const third = await bob.sliding(all(), { pos: second.pos })
    expect(third.rooms).toEqual({})
    expect(third.lists.all.count).toBe(1)
    const fresh = await bob.sliding(all())
    expect(Object.keys(fresh.rooms)).toEqual([kicked])
    expect(JSON.stringify(fresh)).not.toContain('not for bob')
    await bob.ok('POST', `${roomPath(kicked)}/forget`, {})
    expect((await bob.sliding(all())).rooms).toEqual({})
  })

  it('let nobody subscribe to a room that is not hers', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ name: 'private' })
    const wish = { room_subscriptions: { [room]: { timeline_limit: 5, required_state: [['*', '*']] } } }
    expect((await bob.sliding(wish)).rooms).toEqual({})
    expect(Object.keys((await alice.sliding(wish)).rooms)).toEqual([room])
  })
})

describe('a connection', () => {
  const code = async (who: TownPerson, pos: string, body: object = all()) => {
    const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'
    const answer = await who.call('POST', `${path}?pos=${pos}`, { body })
    return `${answer.status} ${answer.json.errcode}`
  }

  it('is one of several of a device, and outlives a restart', async () => {
    const alice = await person()
    const room = await alice.createRoom({ name: 'r' })
    const a = await alice.sliding({ conn_id: 'a', ...all() })
    const b = await alice.sliding({ conn_id: 'b', ...all() })
    await alice.say(room, 'hello')
    await town.restart()
    for (const [conn_id, pos] of [
      ['a', a.pos],
      ['b', b.pos],
    ]) {
      const next = await alice.sliding({ conn_id, txn_id: 'x1', ...all() }, { pos })
      expect(bodies(next.rooms[room])).toEqual(['hello'])
      expect(next.rooms[room].initial).toBeUndefined()
      expect(next.txn_id).toBe('x1')
    }
    expect(await code(alice, a.pos, { conn_id: 'b', ...all() })).toBe('400 M_UNKNOWN_POS')
  })

  it('is unknown when it was lost, was never given, or is another person’s', async () => {
    const [alice, bob] = [await person(), await person()]
    const { pos } = await alice.sliding(all())
    expect(await code(alice, 'nonsense')).toBe('400 M_UNKNOWN_POS')
    expect(await code(alice, 'p1_1_1')).toBe('400 M_UNKNOWN_POS')
    expect(await code(bob, pos)).toBe('400 M_UNKNOWN_POS')
    await town.restart()
    await town.database.postgres.run('truncate sliding_connection')
    expect(await code(alice, pos)).toBe('400 M_UNKNOWN_POS')
  })

  it('gives way, the oldest first, when a device has too many', async () => {
    const alice = await person()
    const positions: string[] = []
    for (let n = 0; n < 12; n += 1) positions.push((await alice.sliding({ conn_id: `c${n}`, ...all() })).pos)
    await town.restart()
    expect(await code(alice, positions[0] ?? '', { conn_id: 'c0', ...all() })).toBe('400 M_UNKNOWN_POS')
    await alice.sliding({ conn_id: 'c11', ...all() }, { pos: positions[11] ?? '' })
  })

  it('has what it was sent sealed', async () => {
    const alice = await person()
    await alice.sliding({ conn_id: 'canary-connection', ...all({ required_state: [['org.canary', 'canary-key']] }) })
    const rows = await town.database.postgres.rows('select * from sliding_connection')
    expect(
      JSON.stringify(rows.map((row: any) => [row.name.toString('latin1'), row.sealed.toString('latin1')])),
    ).not.toContain('canary')
  })
})

describe('the address of the merged proposal', () => {
  it('takes its forms and speaks its names', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ name: 'r', topic: 't', invite: [bob.id] })
    const body = (pos?: string) => ({
      pos,
      timeout: 0,
      lists: {
        all: {
          range: [0, 9],
          timeline_limit: 3,
          required_state: { include: [{}], exclude: [{ type: 'm.room.topic' }], lazy_members: true },
        },
      },
    })
    const first = await alice.ok('POST', '/_matrix/client/v4/sync', body())
    const told = first.rooms[room]
    expect(told.timeline_events.length).toBe(3)
    expect(told.lists).toEqual(['all'])
    expect(state(told)).not.toContain('m.room.topic ')
    expect(state(told)).toContain('m.room.create ')
    const invited = await bob.ok('POST', '/_matrix/client/v4/sync', body())
    expect(invited.rooms[room].stripped_state.length).toBeGreaterThan(3)
    await alice.say(room, 'news')
    const second = await alice.ok('POST', '/_matrix/client/v4/sync', body(first.pos))
    expect(second.rooms[room].timeline_events.map((event: any) => event.content.body)).toEqual(['news'])
    const wrong = await alice.call('POST', '/_matrix/client/v4/sync', {
      body: { lists: { all: { timeline_limit: 1, required_state: [['m.room.create', '']] } } },
    })
    expect([wrong.status, wrong.json.errcode]).toEqual([400, 'M_BAD_JSON'])
  })
})

describe('extensions', () => {
  it('tell account data, receipts and typing, and what of them changes', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const said = await alice.say(room, 'read me')
    const data = (type: string, content: object, where = '') =>
      bob.ok('PUT', `/user/${encodeURIComponent(bob.id)}${where}/account_data/${type}`, content)
    await data('org.global', { n: 1 })
    await data('org.room', { n: 1 }, roomPath(room))
    const on = { enabled: true }
    const wish = { ...all(), extensions: { account_data: on, receipts: on, typing: on } }
    await alice.ok('POST', `${roomPath(room)}/receipt/m.read/${encodeURIComponent(said)}`, {})
    const first = await bob.sliding(wish)
    const { account_data: accountData, receipts } = first.extensions
    expect(accountData.global.map((event: any) => event.type)).toEqual(
      expect.arrayContaining(['org.global', 'm.push_rules']),
    )
    expect(accountData.rooms[room]).toEqual([{ type: 'org.room', content: { n: 1 } }])
    expect(receipts.rooms[room].content[said]['m.read'][alice.id].ts).toBeGreaterThan(0)

    await data('org.global', { n: 2 })
    await data('org.room', { n: 2 }, roomPath(room))
    await bob.ok('POST', `${roomPath(room)}/receipt/m.read/${encodeURIComponent(said)}`, {})
    await alice.ok('PUT', `${roomPath(room)}/typing/${encodeURIComponent(alice.id)}`, { typing: true, timeout: 9_000 })
    const second = await bob.sliding(wish, { pos: first.pos })
    expect(second.extensions.account_data).toEqual({
      global: [{ type: 'org.global', content: { n: 2 } }],
      rooms: { [room]: [{ type: 'org.room', content: { n: 2 } }] },
    })
    expect(Object.keys(second.extensions.receipts.rooms[room].content[said]['m.read'])).toEqual([bob.id])
    expect(second.extensions.typing.rooms[room].content).toEqual({ user_ids: [alice.id] })
    expect(second.rooms[room].notification_count).toBe(0)
    await alice.ok('PUT', `${roomPath(room)}/typing/${encodeURIComponent(alice.id)}`, { typing: false })
    const third = await bob.sliding(wish, { pos: second.pos })
    expect(third.extensions).toEqual({ typing: { rooms: { [room]: { type: 'm.typing', content: { user_ids: [] } } } } })
    expect((await bob.sliding(wish, { pos: third.pos })).extensions).toEqual({})
  })

  it('keep for later what a room outside of the range lacks', async () => {
    const alice = await person()
    const [a, b] = [await alice.createRoom({ name: 'a' }), await alice.createRoom({ name: 'b' })]
    const wish = (range: number[]) => ({ ...all({ ranges: [range] }), extensions: { account_data: { enabled: true } } })
    const first = await alice.sliding(wish([0, 9]))
    await alice.ok('PUT', `/user/${encodeURIComponent(alice.id)}${roomPath(a)}/account_data/org.x`, { n: 1 })
    const second = await alice.sliding(wish([0, 0]), { pos: first.pos })
    expect(second.extensions).toEqual({})
    await alice.say(b, 'still on top')
    const third = await alice.sliding(wish([0, 0]), { pos: second.pos })
    expect(Object.keys(third.rooms)).toEqual([b])
    const fourth = await alice.sliding(wish([0, 9]), { pos: third.pos })
    expect(fourth.extensions.account_data.rooms).toEqual({ [a]: [{ type: 'org.x', content: { n: 1 } }] })
  })

  it('tell messages to the device until it says that it has them, its keys, and whose devices changed', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const wish = (since?: string) => ({
      ...all(),
      extensions: { to_device: { enabled: true, ...(since && { since }) }, e2ee: { enabled: true } },
    })
    const send = (n: number) =>
      alice.ok('PUT', `/sendToDevice/org.x/t${n}`, { messages: { [bob.id]: { [bob.deviceId]: { n } } } })
    const told = (answer: any) => (answer.extensions.to_device.events ?? []).map((event: any) => event.content.n)
    const first = await bob.sliding(wish())
    expect(first.extensions.e2ee).toEqual({
      device_one_time_keys_count: { signed_curve25519: 0 },
      device_unused_fallback_key_types: [],
    })
    const since = first.extensions.to_device.next_batch
    const waiting = bob.sliding(wish(since), { pos: first.pos, timeout: '20000' })
    await send(1)
    const second = await waiting
    expect(told(second)).toEqual([1])
    expect(second.extensions.e2ee).toBeUndefined()
    expect(told(await bob.sliding(wish(since), { pos: first.pos }))).toEqual([1])
    await send(2)
    const next = second.extensions.to_device.next_batch
    expect(told(await bob.sliding(wish(next), { pos: second.pos }))).toEqual([2])
    expect(told(await bob.sliding(wish(), { pos: second.pos }))).toEqual([2])

    const phone = await town.signIn(alice.id.slice(1).split(':')[0] ?? '')
    await phone.ok('PUT', `/devices/${encodeURIComponent(phone.deviceId)}`, { display_name: 'Phone' })
    await alice.leave(room)
    const last = await bob.sliding(wish(next), { pos: second.pos })
    expect(last.extensions.e2ee.device_lists).toEqual({ changed: [], left: [alice.id] })
    const wrong = { extensions: { to_device: { enabled: true, since: 'x' } } }
    const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'
    expect((await bob.call('POST', path, { body: wrong })).json.errcode).toBe('M_INVALID_PARAM')
  })
})
