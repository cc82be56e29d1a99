import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'
import { pathOf } from './event-form.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`v${++count}`)
const ask = (who: TownPerson, filter: object, since?: string, more: Record<string, string> = {}) =>
  who.sync(since, { filter: JSON.stringify(filter), ...more })
const joined = (answer: any, room: string) => answer.rooms?.join?.[room]
const named = (events: any[]) => events.map((event) => `${event.type} ${event.state_key ?? ''}`.trim())
const contents = (events: any[], type: string) =>
  events.filter((event) => event.type === type).map((event) => event.content)

describe('state behind the timeline', () => {
  it('stands in state_after, whole at first and then as it changes, whatever the timeline tells', async () => {
    for (const prefix of ['', 'org.matrix.msc4222.']) {
      const [name, answered] = [`${prefix}use_state_after`, `${prefix}state_after`]
      const alice = await person()
      const room = await alice.createRoom({ name: 'first' })
      const filter = { room: { timeline: { limit: 1, types: ['m.room.message'] } } }
      const first = await ask(alice, filter, undefined, { [name]: 'true' })
      expect(joined(first, room).state).toBeUndefined()
      expect(contents(joined(first, room)[answered].events, 'm.room.name')).toEqual([{ name: 'first' }])
      await alice.setState(room, 'm.room.name', { name: 'second' })
      await alice.setState(room, 'm.room.name', { name: 'third' })
      await alice.say(room, 'hello')
      const second = await ask(alice, filter, first.next_batch, { [name]: 'true' })
      expect(named(joined(second, room).timeline.events)).toEqual(['m.room.message'])
      expect(contents(joined(second, room)[answered].events, 'm.room.name')).toEqual([{ name: 'third' }])
      await alice.say(room, 'nothing new')
      const third = await ask(alice, filter, second.next_batch, { [name]: 'true' })
      expect(joined(third, room)[answered].events).toEqual([])
    }
  })

  it('of a room that was left ends with the leave', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const first = await bob.sync(undefined, { use_state_after: 'true' })
    await alice.setState(room, 'm.room.topic', { topic: 'seen' })
    await bob.leave(room)
    await alice.setState(room, 'm.room.topic', { topic: 'unseen' })
    const second = await bob.sync(first.next_batch, { use_state_after: 'true' })
    const left = second.rooms?.leave?.[room]
    expect(contents(left.state_after.events, 'm.room.topic')).toEqual([{ topic: 'seen' }])
    const own = left.state_after.events.find((event: any) => event.state_key === bob.id)
    expect(own.content.membership).toBe('leave')
  })
})

describe('a room of which no event is told', () => {
  it('is paged back from where the answer is, however far the room has gone since', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    const before = await alice.say(room, 'before')
    const { next_batch: since } = await alice.sync()
    await alice.ok('PUT', `/user/${encodeURIComponent(alice.id)}${roomPath(room)}/account_data/org.x`, { n: 1 })
    const answer = await alice.sync(since)
    const { events, limited, prev_batch: from } = joined(answer, room).timeline
    expect([events, limited]).toEqual([[], false])
    expect(from.split('_')[0]).toBe(answer.next_batch.split('_')[0])
    await alice.say(room, 'after')
    expect((await alice.messages(room, { from, limit: '1' })).chunk[0].event_id).toBe(before)
  })
})

describe('full_state', () => {
  it('tells the whole state of every room at once, and of the timeline only what is new', async () => {
    const alice = await person()
    const [quiet, busy] = [await alice.createRoom({ name: 'quiet' }), await alice.createRoom({ name: 'busy' })]
    const first = await alice.sync()
    await alice.say(busy, 'news')
    const startedMs = performance.now()
    const full = await alice.sync(first.next_batch, { full_state: 'true', timeout: '15000' })
    expect(joined(full, quiet).timeline.events).toEqual([])
    expect(contents(joined(full, quiet).state.events, 'm.room.name')).toEqual([{ name: 'quiet' }])
    expect(joined(full, busy).timeline.events.map((event: any) => event.content.body)).toEqual(['news'])
    expect(contents(joined(full, busy).state.events, 'm.room.name')).toEqual([{ name: 'busy' }])
    const again = await alice.sync(full.next_batch, { full_state: 'true', timeout: '15000' })
    expect(named(joined(again, quiet).state.events)).toContain('m.room.create')
    expect(performance.now() - startedMs).toBeLessThan(14_000)
  })
})

describe('a filter', () => {
  it('narrows each section to rooms', async () => {
    const alice = await person()
    const [a, b] = [await alice.createRoom({ name: 'a' }), await alice.createRoom({ name: 'b' })]
    for (const room of [a, b]) {
      await alice.say(room, 'hello')
      await alice.ok('PUT', `/user/${encodeURIComponent(alice.id)}${roomPath(room)}/account_data/org.x`, { n: 1 })
    }
    const filter = {
      room: {
        timeline: { rooms: [a] },
        state: { not_rooms: [a] },
        account_data: { rooms: [b] },
        ephemeral: { rooms: [] },
      },
    }
    const answer = await ask(alice, filter)
    expect(named(joined(answer, a).timeline.events)).toContain('m.room.message')
    expect(joined(answer, a).state.events).toEqual([])
    expect(joined(answer, a).account_data).toBeUndefined()
    expect(joined(answer, b).timeline.events).toEqual([])
    expect(named(joined(answer, b).state.events)).toContain('m.room.name')
    expect(joined(answer, b).account_data.events).toEqual([{ type: 'org.x', content: { n: 1 } }])
    await alice.setState(b, 'm.room.name', { name: 'b2' })
    const next = await ask(alice, filter, answer.next_batch)
    expect(joined(next, b).timeline.events).toEqual([])
    expect(contents(joined(next, b).state.events, 'm.room.name')).toEqual([{ name: 'b2' }])
  })

  it('names the fields that events shall have', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    await alice.say(room, 'hello', { 'with.dot': 1, deep: { a: 1, b: 2 } })
    const fields = ['type', 'content.body', 'content.with\\.dot', 'content.deep.a', 'content.none']
    const answer = await ask(alice, { event_fields: fields, room: { timeline: { limit: 1 } } })
    const [event] = joined(answer, room).timeline.events
    expect(event.content).toEqual({ body: 'hello', 'with.dot': 1, deep: { a: 1 } })
    expect(event).toMatchObject({ type: 'm.room.message', sender: alice.id, event_id: expect.any(String) })
    expect(event.room_id).toBeUndefined()
    const whole = await ask(alice, { event_fields: ['content', 'content.body'], room: { timeline: { limit: 1 } } })
    expect(joined(whole, room).timeline.events[0].content).toMatchObject({ msgtype: 'm.text', body: 'hello' })
    expect(pathOf('a\\\\.b\\.c.d')).toEqual(['a\\', 'b.c', 'd'])
  })

  it('gives events as servers exchange them', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    await alice.say(room, 'hello')
    const answer = await ask(alice, { event_format: 'federation', room: { timeline: { limit: 1 } } })
    const [event] = joined(answer, room).timeline.events
    expect(event).toMatchObject({
      type: 'm.room.message',
      depth: expect.any(Number),
      prev_events: [expect.any(String)],
    })
    expect(Object.keys(event)).toEqual(expect.arrayContaining(['hashes', 'signatures', 'auth_events']))
    expect(JSON.stringify(event)).not.toContain('"origin":{')
    const wrong = await alice.call('GET', `/sync?filter=${encodeURIComponent('{"event_format":"xml"}')}`)
    expect([wrong.status, wrong.json.errcode]).toEqual([400, 'M_BAD_JSON'])
  })
})

describe('lazy loading', () => {
  it('brings along the people by whom a room without a name is called', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    for (const body of ['a', 'b', 'c']) await alice.say(room, body)
    const lazy = { room: { timeline: { limit: 1 }, state: { lazy_load_members: true } } }
    const answer = await ask(alice, lazy)
    expect(joined(answer, room).summary['m.heroes']).toEqual([bob.id])
    expect(named(joined(answer, room).state.events)).toContain(`m.room.member ${bob.id}`)
  })
})
