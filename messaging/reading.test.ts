import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`r${++count}`)
const wide = { filter: '{"room":{"timeline":{"limit":100},"include_leave":true}}' }
const joinedOnly = [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }]

async function two(body: object = {}): Promise<{ alice: TownPerson; bob: TownPerson; room: string }> {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom({ preset: 'public_chat', ...body })
  await bob.join(room)
  return { alice, bob, room }
}

describe('who left', () => {
  it('is shown the room as it was then, whatever becomes of her afterwards', async () => {
    const turns: ((alice: TownPerson, bob: TownPerson, room: string) => Promise<unknown>)[] = [
      (alice, bob, room) => alice.ok('POST', `${roomPath(room)}/ban`, { user_id: bob.id }),
      async (_alice, bob, room) => {
        await bob.ok('POST', `/knock/${encodeURIComponent(room)}`, {})
        await bob.leave(room)
      },
    ]
    for (const turn of turns) {
      const { alice, bob, room } = await two({ name: 'then' })
      await bob.leave(room)
      const carol = await person()
      await carol.join(room)
      await alice.setState(room, 'm.room.join_rules', { join_rule: 'knock' })
      await alice.setState(room, 'm.room.name', { name: 'now' })
      await turn(alice, bob, room)
      const own = (await bob.messages(room)).chunk.find((event) => event.state_key === bob.id)?.event_id ?? ''
      const telling = await Promise.all([
        bob.ok('GET', `${roomPath(room)}/state`),
        bob.ok('GET', `${roomPath(room)}/members`),
        bob.ok('GET', `${roomPath(room)}/initialSync`),
        bob.ok('GET', `${roomPath(room)}/context/${encodeURIComponent(own)}`),
        bob.sliding({
          room_subscriptions: { [room]: { timeline_limit: 20, required_state: [['*', '*']] } },
        }),
      ])
      for (const told of telling) {
        const text = JSON.stringify(told)
        expect(text).not.toContain('"now"')
        expect(text).not.toContain(carol.id)
      }
      expect(JSON.stringify(telling[0])).toContain('"then"')
      expect((await bob.ok('GET', `${roomPath(room)}/state/m.room.name`)).name).toBe('then')
    }
  })

  it('is not told by sliding sync who is there now', async () => {
    const { alice, bob, room } = await two()
    await alice.ok('POST', `${roomPath(room)}/kick`, { user_id: bob.id })
    const carol = await person()
    await carol.join(room)
    const subscription = { [room]: { timeline_limit: 1, required_state: [] } }
    const told = (await bob.sliding({ room_subscriptions: subscription })).rooms[room]
    expect(told.membership).toBe('leave')
    expect(JSON.stringify(told)).not.toContain(carol.id)
    expect([told.joined_count, told.heroes]).toEqual([undefined, undefined])
  })

  it('sees no edit, reply or reaction that came after', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'draft')
    const relate = (body: string, rel_type: string) =>
      alice.say(room, body, { 'm.relates_to': { rel_type, event_id: said }, 'm.new_content': { body } })
    await relate('early edit', 'm.replace')
    await relate('early reply', 'm.thread')
    await bob.leave(room)
    const late = [await relate('afterwards edited', 'm.replace'), await relate('afterwards replied', 'm.thread')]
    late.push(await relate('afterwards referred', 'm.reference'))
    const seen = JSON.stringify([
      await bob.messages(room),
      await bob.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(said)}`),
      await bob.ok('GET', `${roomPath(room)}/context/${encodeURIComponent(said)}`),
      await bob.ok('GET', `/_matrix/client/v1${roomPath(room)}/relations/${encodeURIComponent(said)}`),
      await bob.ok('GET', `/_matrix/client/v1${roomPath(room)}/threads`),
      await bob.sync(undefined, wide),
    ])
    expect(seen).toContain('early edit')
    expect(seen).toContain('early reply')
    expect(seen).not.toContain('afterwards')
    for (const id of late) expect(seen).not.toContain(id)
  })

  it('learns what was said before, and nothing of what came after a removal that became a ban', async () => {
    const { alice, bob, room } = await two()
    const { next_batch } = await bob.sync()
    await alice.say(room, 'before')
    await alice.ok('POST', `${roomPath(room)}/kick`, { user_id: bob.id })
    for (let n = 0; n < 12; n++) await alice.say(room, `after ${n}`)
    await alice.ok('POST', `${roomPath(room)}/ban`, { user_id: bob.id })
    for (let n = 0; n < 12; n++) await alice.say(room, `after ${n}`)
    const look = async () => {
      const { leave } = (await bob.sync(next_batch)).rooms ?? {}
      const events = leave?.[room].timeline.events
      expect(events.map((event: any) => event.content.body ?? event.content.membership)).toEqual([
        'before',
        'leave',
        'ban',
      ])
    }
    await look()
    await town.restart()
    await look()
  })

  it('and came back sees nothing of the time between where history is for members', async () => {
    const { alice, bob, room } = await two({ initial_state: joinedOnly })
    const { next_batch } = await bob.sync()
    await alice.say(room, 'before')
    await bob.leave(room)
    await alice.say(room, 'between')
    await alice.setState(room, 'm.room.topic', { topic: 'set between' })
    await bob.join(room)
    await alice.say(room, 'after')
    const part = (await bob.sync(next_batch, wide)).rooms?.join?.[room]
    const bodies = part?.timeline.events.map((event: any) => event.content.body).filter(Boolean)
    expect(bodies).toEqual(['before', 'after'])
    expect(JSON.stringify(part?.state)).toContain('set between')
  })

  it('without ever having been in sees neither members nor state', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ name: 'Inner circle', invite: [bob.id] })
    await bob.leave(room)
    for (const path of ['/state', '/members', '/state/m.room.name']) {
      expect([path, (await bob.call('GET', roomPath(room) + path)).status]).toEqual([path, 403])
    }
    expect(JSON.stringify(await bob.messages(room))).not.toContain('Inner circle')
  })

  it('and forgot hears no more of it, until it begins again', async () => {
    const { alice, bob, room } = await two()
    await alice.say(room, 'x')
    await bob.leave(room)
    expect((await bob.sync(undefined, wide)).rooms?.leave).toHaveProperty([room])
    await bob.ok('POST', `${roomPath(room)}/forget`, {})
    expect((await bob.sync(undefined, wide)).rooms?.leave).toBeUndefined()
    expect((await bob.call('GET', `${roomPath(room)}/messages?dir=b`)).status).toBe(403)
    await bob.join(room)
    expect((await bob.messages(room)).chunk.length).toBeGreaterThan(1)
    await bob.leave(room)
    expect((await bob.sync(undefined, wide)).rooms?.leave).toHaveProperty([room])
  })
})

describe('relations', () => {
  it('of another room belong to no event of this one', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'here')
    const other = await bob.createRoom()
    const relate = (rel_type: string) =>
      bob.say(other, 'from elsewhere', { 'm.relates_to': { rel_type, event_id: said }, 'm.new_content': {} })
    const ids = [await relate('m.thread'), await relate('m.reference'), await relate('m.replace')]
    const seen = JSON.stringify(await alice.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(said)}`))
    expect(seen).not.toContain('elsewhere')
    for (const id of ids) expect(seen).not.toContain(id)
  })
})

describe('sync', () => {
  it('is silent about what others read privately', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'x')
    const { next_batch } = await alice.sync()
    await bob.ok('POST', `${roomPath(room)}/receipt/m.read.private/${encodeURIComponent(said)}`, {})
    expect((await alice.sync(next_batch)).rooms).toBeUndefined()
    await town.restart()
    expect((await alice.sync(next_batch)).rooms).toBeUndefined()
  })

  it('brings state that the filter keeps out of the timeline', async () => {
    const { alice, bob, room } = await two()
    const { next_batch } = await bob.sync()
    await alice.setState(room, 'm.room.topic', { topic: 'one' })
    await alice.setState(room, 'm.room.topic', { topic: 'two' })
    await alice.say(room, 'x')
    const filter = '{"room":{"timeline":{"types":["m.room.message"]}}}'
    const part = (await bob.sync(next_batch, { filter })).rooms?.join?.[room]
    expect(part?.timeline.events.map((event) => event.type)).toEqual(['m.room.message'])
    expect(part?.state.events.map((event: any) => event.content.topic)).toEqual(['two'])
  })

  it('tells lazy members again to a client that did not get the answer', async () => {
    // With a name, so that nobody is told of because the room is called by him.
    const { alice, bob, room } = await two({ name: 'N' })
    const filter = '{"room":{"state":{"lazy_load_members":true},"timeline":{"limit":2}}}'
    // A room without a name would be called by its members, who come along then.
    await alice.setState(room, 'm.room.name', { name: 'Quay' })
    await alice.say(room, 'a')
    await alice.say(room, 'b')
    const carol = await person()
    await carol.join(room)
    await alice.say(room, 'c')
    await alice.say(room, 'd')
    const { next_batch } = await bob.sync(undefined, { filter })
    await carol.say(room, 'e')
    const members = async (since: string) => {
      const answer = await bob.sync(since, { filter })
      const ids = answer.rooms?.join?.[room]?.state.events.map((event) => event.state_key)
      return { ids, next: answer.next_batch }
    }
    expect((await members(next_batch)).ids).toContain(carol.id)
    const again = await members(next_batch)
    expect(again.ids).toContain(carol.id)
    await carol.say(room, 'f')
    expect((await members(again.next)).ids).not.toContain(carol.id)
  })

  it('of a session that ends while it waits is refused', async () => {
    const { alice, room } = await two()
    const phone = await town.signIn(alice.id.slice(1).split(':')[0] ?? '')
    const { next_batch } = await phone.sync()
    const waiting = phone.call('GET', `/sync?since=${next_batch}&timeout=20000`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await phone.ok('POST', '/logout', {})
    await alice.say(room, 'not for an ended session')
    const answer = await waiting
    expect([answer.status, answer.json.errcode]).toEqual([401, 'M_UNKNOWN_TOKEN'])
  })
})

describe('account data that was altered', () => {
  it('is left out, and takes nothing else along', async () => {
    const alice = await person()
    const put = (type: string) =>
      alice.ok('PUT', `/user/${encodeURIComponent(alice.id)}/account_data/${type}`, { x: 1 })
    const { next_batch } = await alice.sync()
    await put('org.broken')
    await put('org.whole')
    const flip = 'set_byte(sealed, length(sealed) - 1, get_byte(sealed, length(sealed) - 1) # 1)'
    await town.postgres.run(`update account_data set sealed = ${flip} where type = 'org.broken'`)
    await town.restart()
    for (const since of [undefined, next_batch]) {
      const types = (await alice.sync(since)).account_data?.events.map((event) => event.type)
      expect(types).toContain('org.whole')
      expect(types).not.toContain('org.broken')
    }
  })
})
