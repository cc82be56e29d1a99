import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const names = () => [`a${++count}`, `b${count}`, `c${count}`] as const

/** Two people in one room of theirs. */
async function two(body: object = {}) {
  const [alice, bob] = await town.people(...(names().slice(0, 2) as unknown as [string, string]))
  const room = await alice.createRoom({ invite: [bob.id], ...body })
  await bob.join(room)
  return { alice, bob, room }
}

describe('a conversation', () => {
  it('reaches a waiting client', async () => {
    const { alice, bob, room } = await two({ name: 'Storm tide' })
    const { next_batch } = await bob.sync()
    const waiting = bob.sync(next_batch, { timeout: '20000' })
    const eventId = await alice.say(room, 'Gates close at 19:30.')
    const { rooms } = await waiting
    const timeline = rooms?.join?.[room]?.timeline
    expect(timeline?.events.map((event) => event.event_id)).toEqual([eventId])
    expect(timeline?.limited).toBe(false)
  })

  it('tells the sending device its transaction id, and nobody else', async () => {
    const { alice, bob, room } = await two()
    const [sinceAlice, sinceBob] = [(await alice.sync()).next_batch, (await bob.sync()).next_batch]
    await alice.send(room, 'm.room.message', { msgtype: 'm.text', body: 'x' }, 'mine')
    const own = (await alice.sync(sinceAlice)).rooms?.join?.[room]?.timeline.events[0]
    const others = (await bob.sync(sinceBob)).rooms?.join?.[room]?.timeline.events[0]
    expect(own?.unsigned).toEqual({ transaction_id: 'mine' })
    expect(others?.unsigned).toBeUndefined()
  })

  it('answers a repeated transaction id with the first event, also after a restart', async () => {
    const { alice, room } = await two()
    const first = await alice.send(room, 'm.room.message', { body: 'once' }, 'again')
    expect(await alice.send(room, 'm.room.message', { body: 'once' }, 'again')).toBe(first)
    await town.restart()
    expect(await alice.send(room, 'm.room.message', { body: 'once' }, 'again')).toBe(first)
    const { chunk } = await alice.messages(room)
    expect(chunk.filter((event) => event.content.body === 'once')).toHaveLength(1)
  })

  it('joins repeats that arrive while the first waits', async () => {
    const { alice, room } = await two()
    const ids = await Promise.all(Array.from({ length: 8 }, () => alice.send(room, 'm.x', { a: 1 }, 'same')))
    expect(new Set(ids).size).toBe(1)
  })

  it('keeps the order of one sender and misses nothing under many', async () => {
    const { alice, bob, room } = await two()
    const { next_batch } = await alice.sync()
    await Promise.all(
      [alice, bob].map(async (person, p) => {
        for (let n = 0; n < 25; n++) await person.say(room, `${p} ${n}`)
      }),
    )
    const all = (await alice.messages(room, { limit: '50' })).chunk.map((event) => event.content.body).reverse()
    expect(all.filter((body) => body.startsWith('0'))).toEqual(Array.from({ length: 25 }, (_, n) => `0 ${n}`))
    expect(all.filter((body) => body.startsWith('1'))).toEqual(Array.from({ length: 25 }, (_, n) => `1 ${n}`))
    const since = await alice.sync(next_batch, { filter: '{"room":{"timeline":{"limit":100}}}' })
    expect(since.rooms?.join?.[room]?.timeline.events.map((event: any) => event.content.body)).toEqual(all)
  })
})

describe('unread counts', () => {
  it('count what others say, highlight mentions, and end with a receipt', async () => {
    const { alice, bob, room } = await two()
    await bob.say(room, 'here')
    await alice.say(room, 'one')
    const last = await alice.say(room, 'two', { 'm.mentions': { user_ids: [bob.id] } })
    await alice.send(room, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: last, key: 'Seen' } })
    const first = await bob.sync()
    const counts = { notification_count: 2, highlight_count: 1 }
    expect(first.rooms?.join?.[room]?.unread_notifications).toEqual(counts)
    await bob.ok('POST', `${roomPath(room)}/receipt/m.read/${encodeURIComponent(last)}`, {})
    const then = await bob.sync(first.next_batch)
    const none = { notification_count: 0, highlight_count: 0 }
    expect(then.rooms?.join?.[room]?.unread_notifications).toEqual(none)
    await alice.say(room, 'three')
    expect((await bob.sync()).rooms?.join?.[room]?.unread_notifications.notification_count).toBe(1)
    expect((await alice.sync()).rooms?.join?.[room]?.unread_notifications).toEqual(none)
  })
})

describe('relations', () => {
  it('bring the newest edit, the thread and its count beside the event', async () => {
    const { alice, bob, room } = await two()
    const root = await alice.say(room, 'frist')
    const edit = await alice.say(room, '* first', {
      'm.new_content': { msgtype: 'm.text', body: 'first' },
      'm.relates_to': { rel_type: 'm.replace', event_id: root },
    })
    const reply = await bob.say(room, 'seen', { 'm.relates_to': { rel_type: 'm.thread', event_id: root } })
    const event = await bob.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(root)}`)
    const relations = event.unsigned['m.relations']
    expect(relations['m.replace'].event_id).toBe(edit)
    expect(relations['m.thread']).toMatchObject({ count: 1, current_user_participated: true })
    expect(relations['m.thread'].latest_event.event_id).toBe(reply)
    const path = `/_matrix/client/v1${roomPath(room)}`
    const threads = await alice.ok('GET', `${path}/threads`)
    expect(threads.chunk.map((one: any) => one.event_id)).toEqual([root])
    const related = await alice.ok('GET', `${path}/relations/${encodeURIComponent(root)}/m.thread`)
    expect(related.chunk.map((one: any) => one.event_id)).toEqual([reply])
  })

  it('let one person react once in one way', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'agreed?')
    const content = { 'm.relates_to': { rel_type: 'm.annotation', event_id: said, key: 'Agreed' } }
    await bob.send(room, 'm.reaction', content)
    const second = await bob.call('PUT', `${roomPath(room)}/send/m.reaction/second`, { body: content })
    expect(second.json).toMatchObject({ errcode: 'M_DUPLICATE_ANNOTATION' })
    await alice.send(room, 'm.reaction', content)
  })
})

describe('a redaction', () => {
  it('takes the words away for everybody, in memory and on the disk', async () => {
    const { alice, bob, room } = await two()
    const { next_batch } = await bob.sync()
    const said = await alice.say(room, 'a slip')
    await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(said)}/r1`, { reason: 'slip' })
    const look = async () => {
      const event = await bob.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(said)}`)
      expect(event.content).toEqual({})
      expect(event.unsigned.redacted_because.content.reason).toBe('slip')
    }
    await look()
    expect(JSON.stringify(await bob.sync(next_batch))).not.toContain('a slip')
    await town.restart()
    await look()
  })

  it('of what others said needs power', async () => {
    const { alice, bob, room } = await two()
    const said = await alice.say(room, 'mine')
    const path = `${roomPath(room)}/redact/${encodeURIComponent(said)}/r1`
    expect((await bob.call('PUT', path, { body: {} })).status).toBe(403)
    const bobs = await bob.say(room, 'his')
    await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(bobs)}/r2`, {})
  })
})

describe('membership', () => {
  it('shows an invitation, a refusal of it, and a removal', async () => {
    const [alice, bob, carol] = await town.people(...names())
    const room = await alice.createRoom({ name: 'Quay', invite: [bob.id, carol.id] })
    const first = await bob.sync()
    const invitation = first.rooms?.invite?.[room].invite_state.events
    expect(invitation.map((event: any) => event.type)).toContain('m.room.name')
    const before = (await carol.sync()).next_batch
    await bob.leave(room)
    expect(Object.keys((await bob.sync(first.next_batch)).rooms?.leave ?? {})).toEqual([room])
    await carol.join(room)
    await carol.say(room, 'here')
    await alice.ok('POST', `${roomPath(room)}/kick`, { user_id: carol.id, reason: 'wrong room' })
    await alice.say(room, 'not for Carol')
    const left = await carol.sync(before, { filter: '{"room":{"timeline":{"limit":50}}}' })
    expect(left.rooms?.join).toBeUndefined()
    expect(JSON.stringify(left)).not.toContain('not for Carol')
    expect((await carol.call('PUT', `${roomPath(room)}/send/m.room.message/z`, { body: {} })).status).toBe(403)
    expect(JSON.stringify(await carol.messages(room))).not.toContain('not for Carol')
  })

  it('refuses a stranger in the words that it has for a room that does not exist', async () => {
    const [alice, bob] = await town.people(...(names().slice(0, 2) as unknown as [string, string]))
    const room = await alice.createRoom({ preset: 'private_chat' })
    const there = await bob.call('GET', `${roomPath(room)}/messages?dir=b`)
    const nowhere = await bob.call('GET', `${roomPath(`!${'x'.repeat(43)}`)}/messages?dir=b`)
    expect([there.status, there.json]).toEqual([nowhere.status, nowhere.json])
    expect(there.status).toBe(403)
  })

  it('hides what was said before one was invited where the history says so', async () => {
    const [alice, bob] = await town.people(...(names().slice(0, 2) as unknown as [string, string]))
    const room = await alice.createRoom({
      initial_state: [{ type: 'm.room.history_visibility', content: { history_visibility: 'invited' } }],
    })
    await alice.say(room, 'before')
    await alice.ok('POST', `${roomPath(room)}/invite`, { user_id: bob.id })
    await alice.say(room, 'between')
    await bob.join(room)
    await alice.say(room, 'after')
    const bodies = (await bob.messages(room)).chunk.map((event) => event.content.body).filter(Boolean)
    expect(bodies).toEqual(['after', 'between'])
    expect(JSON.stringify(await bob.sync(undefined, { filter: '{"room":{"timeline":{"limit":50}}}' }))).not.toContain(
      '"before"',
    )
  })
})

describe('sync after a gap', () => {
  it('is limited, brings the state that changed in the gap, and pages back without a hole', async () => {
    const { alice, bob, room } = await two()
    const { next_batch } = await bob.sync()
    await alice.setState(room, 'm.room.topic', { topic: 'high water' })
    const said: string[] = []
    for (let n = 0; n < 30; n++) said.push(await alice.say(room, `n${n}`))
    const answer = await bob.sync(next_batch, { filter: '{"room":{"timeline":{"limit":5}}}' })
    const part = answer.rooms?.join?.[room]
    expect(part?.timeline.limited).toBe(true)
    expect(part?.timeline.events.map((event) => event.event_id)).toEqual(said.slice(-5))
    expect(part?.state.events.map((event) => event.type)).toEqual(['m.room.topic'])
    const back = await bob.messages(room, { from: part?.timeline.prev_batch ?? '', limit: '25' })
    expect(back.chunk.map((event) => event.event_id).reverse()).toEqual(said.slice(0, 25))
  })

  it('gives from the database what it gives from memory', async () => {
    const { alice, bob, room } = await two()
    const { next_batch } = await bob.sync()
    await alice.say(room, 'one')
    await bob.ok('PUT', `/user/${encodeURIComponent(bob.id)}/account_data/org.example.note`, { n: 1 })
    const last = await alice.say(room, 'two')
    await alice.ok('POST', `${roomPath(room)}/receipt/m.read/${encodeURIComponent(last)}`, {})
    const fromMemory = await bob.sync(next_batch)
    await town.restart()
    const { next_batch: _, ...fromDatabase } = await bob.sync(next_batch)
    const { next_batch: __, ...remembered } = fromMemory
    expect(fromDatabase).toEqual(remembered)
  })
})
