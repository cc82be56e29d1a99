import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`k${++count}`)
const readable = { type: 'm.room.history_visibility', content: { history_visibility: 'world_readable' } }
const peek = (who: TownPerson, room: string, more: Record<string, string> = {}) =>
  who.call('GET', `/events?${new URLSearchParams({ room_id: room, ...more })}`)
const bodies = (chunk: any[]) => chunk.map((event) => event.content.body)

describe('looking into a room without joining it', () => {
  it('follows what is said where everybody may read, and misses nothing', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ initial_state: [readable] })
    const { messages } = await bob.ok('GET', `${roomPath(room)}/initialSync`)
    const waiting = peek(bob, room, { from: messages.end, timeout: '20000' })
    await alice.say(room, 'one')
    const first = (await waiting).json
    expect([first.start, bodies(first.chunk)]).toEqual([messages.end, ['one']])
    await alice.say(room, 'two')
    await alice.say(room, 'three')
    const second = (await peek(bob, room, { from: first.end })).json
    expect(bodies(second.chunk)).toEqual(['two', 'three'])
    const quiet = (await peek(bob, room, { from: second.end, timeout: '0' })).json
    expect(quiet).toEqual({ start: second.end, end: second.end, chunk: [] })
    const anew = peek(bob, room, { timeout: '20000' })
    const shut = alice.setState(room, 'm.room.history_visibility', { history_visibility: 'shared' })
    expect((await anew).status).toBe(403)
    await shut
  })

  it('tells nothing to a device that is signed out while it waits', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ initial_state: [readable] })
    const { end } = (await peek(bob, room, { timeout: '0' })).json
    const waiting = peek(bob, room, { from: end, timeout: '20000' })
    await bob.ok('POST', '/logout')
    await alice.say(room, 'not for who has left')
    expect(await waiting).toMatchObject({ status: 401, json: { errcode: 'M_UNKNOWN_TOKEN' } })
  })

  it('is for nobody else', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    expect((await peek(bob, room, { timeout: '0' })).status).toBe(403)
    expect((await bob.call('GET', `${roomPath(room)}/initialSync`)).status).toBe(403)
    expect((await peek(bob, '!absent:town.example', { timeout: '0' })).status).toBe(403)
    expect((await bob.call('GET', '/events')).status).toBe(400)
  })

  it('tells a member the room with its state, newest messages and her own notes', async () => {
    const alice = await person()
    const room = await alice.createRoom({ name: 'N', visibility: 'public' })
    for (const body of ['a', 'b', 'c']) await alice.say(room, body)
    await alice.ok('PUT', `/user/${encodeURIComponent(alice.id)}/rooms/${encodeURIComponent(room)}/tags/u.x`, {})
    const told = await alice.ok('GET', `${roomPath(room)}/initialSync?limit=2`)
    expect(told).toMatchObject({ room_id: room, membership: 'join', visibility: 'public' })
    expect(bodies(told.messages.chunk)).toEqual(['b', 'c'])
    expect(told.state.map((event: any) => event.type)).toContain('m.room.name')
    expect(told.account_data).toEqual([{ type: 'm.tag', content: { tags: { 'u.x': {} } } }])
    const { chunk } = await alice.messages(room, { from: told.messages.start, limit: '1' })
    expect(bodies(chunk)).toEqual(['a'])
  })
})
