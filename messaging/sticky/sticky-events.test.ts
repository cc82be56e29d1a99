import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town, type TownNode } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let second: TownNode
const clock = new FakeClock()
beforeAll(async () => {
  town = await startTown({ clock })
  second = await town.openNode()
})
afterAll(async () => {
  await second[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
})

const hour = 3_600_000
const extension = 'org.matrix.msc4354.sticky_events'
let count = 0
const person = () => town.person(`k${++count}`)

async function stick(who: TownPerson, room: string, ms = hour, content: object = {}): Promise<string> {
  const path = `${roomPath(room)}/send/org.call/k${++count}?org.matrix.msc4354.sticky_duration_ms=${ms}`
  return (await who.ok('PUT', path, content)).event_id
}
const ids = (events: readonly any[] = []) => events.map((event) => event.event_id)
const ofSync = (answer: any, room: string) => ids(answer.rooms?.join?.[room]?.msc4354_sticky?.events)
const timelineOf = { filter: JSON.stringify({ room: { timeline: { limit: 1 } } }) }
/** Begins no timeline, so that only what sticks can tell. */
const wish = (more: object = {}) => ({
  lists: { all: { ranges: [[0, 9]], timeline_limit: 1, required_state: [] } },
  extensions: { [extension]: { enabled: true, ...more } },
})
const ofSliding = (answer: any, room: string) => ids(answer.extensions[extension]?.rooms?.[room]?.events)

/** Two people in a room; the second was away while something that sticks, and more, was said. */
async function apart() {
  const [alice, bob] = [await person(), await person()]
  const room = await alice.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  return { alice, bob, room }
}

describe('sticky events', () => {
  it('are offered, say that they stick and for how long they still do, for an hour at most', async () => {
    const { alice, room } = await apart()
    expect((await alice.ok('GET', '/_matrix/client/versions')).unstable_features['org.matrix.msc4354']).toBe(true)
    const { next_batch: since } = await alice.sync()
    await stick(alice, room, 3 * hour, { n: 1 })
    await clock.advance(60_000)
    const event: any = (await alice.sync(since)).rooms?.join?.[room]?.timeline.events[0]
    expect(event).toMatchObject({ content: { n: 1 }, msc4354_sticky: { duration_ms: hour } })
    expect(event.unsigned.msc4354_sticky_duration_ttl_ms).toBe(hour - 60_000)
    const answer = await alice.call('PUT', `${roomPath(room)}/send/m.x/1?org.matrix.msc4354.sticky_duration_ms=-1`, {
      body: {},
    })
    expect(answer.status).toBe(400)
  })

  it('are told to whoever was away, once, and not beside the timeline that has them', async () => {
    const { alice, bob, room } = await apart()
    const { next_batch: before } = await bob.sync()
    const [one, two] = [await stick(alice, room), await stick(alice, room)]
    await alice.say(room, 'more')
    const answer = await bob.sync(before, timelineOf)
    expect(ofSync(answer, room)).toEqual([one, two])
    expect(ofSync(await bob.sync(answer.next_batch, timelineOf), room)).toEqual([])
    expect(ofSync(await bob.sync(before), room)).toEqual([])
    expect(ofSync(await bob.sync(undefined, timelineOf), room)).toEqual([one, two])
    const noCalls = { filter: JSON.stringify({ room: { timeline: { not_types: ['org.call'] } } }) }
    expect(ofSync(await bob.sync(before, noCalls), room)).toEqual([one, two])
  })

  it('are told to whoever comes later, whatever the history visibility says, until they expire', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({
      preset: 'public_chat',
      initial_state: [{ type: 'm.room.history_visibility', content: { history_visibility: 'joined' } }],
    })
    const { next_batch: outside } = await bob.sync()
    const first = await bob.sliding(wish())
    const [short, long] = [await stick(alice, room, 60_000), await stick(alice, room)]
    await bob.join(room)
    const joined = await bob.sync(outside)
    expect(ofSync(joined, room)).toEqual([short, long])
    expect(ids(joined.rooms?.join?.[room]?.timeline.events)).not.toContain(long)
    const { next_batch: since } = first.extensions[extension]
    expect(ofSliding(await bob.sliding(wish({ since }), { pos: first.pos }), room)).toEqual([short, long])
    expect(ofSliding(await bob.sliding({ ...wish({ since }), conn_id: 'other' }), room)).toEqual([short, long])
    await clock.advance(60_000)
    expect(ofSync(await bob.sync(outside), room)).toEqual([long])
    await clock.advance(hour)
    expect(ofSync(await bob.sync(outside), room)).toEqual([])
    expect((await alice.call('GET', `${roomPath(room)}/event/${encodeURIComponent(long)}`)).status).toBe(200)
    await town.chancery.messaging.forgetBefore(0)
    expect(await town.postgres.rows('select 1 from sticky_event')).toEqual([])
  })

  it('stick no more once they are redacted, and their words lie sealed', async () => {
    const { alice, bob, room } = await apart()
    const { next_batch: before } = await bob.sync()
    const gone = await stick(alice, room)
    const kept = await stick(alice, room, hour, { secret: 'whisper' })
    await alice.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(gone)}/r`, {})
    for (const who of [bob, second.as(bob)]) {
      expect(ofSync(await who.sync(before, timelineOf), room)).toEqual([kept])
    }
    const event = await alice.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(gone)}`)
    expect(event.msc4354_sticky).toBeUndefined()
  })

  it('come in pages that reach everything, also what is older than the person in the room', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    const other = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(other)
    const sent: string[] = []
    for (let batch = 0; batch < 11; batch += 1) {
      sent.push(...(await Promise.all(Array.from({ length: 50 }, () => stick(alice, room)))))
    }
    const { next_batch: before } = await bob.sync()
    sent.push(await stick(alice, other))
    await bob.join(room)
    const found = new Set<string>()
    let since = before
    for (let page = 0; page < 2; page += 1) {
      const answer = await bob.sync(since, { ...timelineOf, timeout: '0' })
      for (const id of [...ofSync(answer, room), ...ofSync(answer, other)]) found.add(id)
      for (const id of [room, other]) {
        for (const event of answer.rooms?.join?.[id]?.timeline.events ?? []) found.add(event.event_id as string)
      }
      since = answer.next_batch
    }
    expect(sent.filter((id) => !found.has(id))).toEqual([])
    expect((await bob.sync(since)).rooms).toBeUndefined()
  })

  it('can be put off: one that is sent later sticks from then on', async () => {
    const { alice, bob, room } = await apart()
    const { next_batch: before } = await bob.sync()
    const how = 'org.matrix.msc4140.delay=60000&org.matrix.msc4354.sticky_duration_ms=300000'
    const { delay_id: id } = await alice.ok('PUT', `${roomPath(room)}/send/org.call/late?${how}`, { left: true })
    const path = `/_matrix/client/unstable/org.matrix.msc4140/delayed_events/${id}`
    await alice.ok('POST', `${path}/send`, {})
    await alice.say(room, 'more')
    const event = (await bob.sync(before, timelineOf)).rooms?.join?.[room]?.msc4354_sticky.events[0]
    expect(event).toMatchObject({ content: { left: true }, msc4354_sticky: { duration_ms: 300_000 } })
  })

  it('may be state, which then is set anew though it is the same', async () => {
    const { alice, room } = await apart()
    const path = `${roomPath(room)}/state/org.call/x`
    const set = () => alice.ok('PUT', `${path}?org.matrix.msc4354.sticky_duration_ms=60000`, { a: 1 })
    const [one, two] = [await set(), await set()]
    expect(one.event_id).not.toBe(two.event_id)
    expect((await alice.ok('PUT', path, { a: 1 })).event_id).toBe(two.event_id)
  })
})

describe('sticky events over sliding sync', () => {
  it('come by the token of the extension, a limited number at a time, of every room in a list', async () => {
    const { alice, bob, room } = await apart()
    const sent: string[] = []
    for (let n = 0; n < 5; n += 1) sent.push(await stick(alice, room))
    await alice.say(room, 'more')
    const found: string[] = []
    let answer = await bob.sliding(wish({ limit: 2 }))
    for (let page = 0; page < 3; page += 1) {
      found.push(...ofSliding(answer, room))
      const { next_batch: since } = answer.extensions[extension]
      // Who lost the answer is told the same again.
      const again = await bob.sliding(wish({ limit: 2, since }), { pos: answer.pos })
      answer = await bob.sliding(wish({ limit: 2, since }), { pos: answer.pos })
      expect(ofSliding(again, room)).toEqual(ofSliding(answer, room))
    }
    expect(found).toEqual(sent)
    expect(answer.extensions[extension]).toBeUndefined()
  })

  it('are told of a room that comes into a list, or is subscribed to, later', async () => {
    const { alice, bob, room } = await apart()
    const id = await stick(alice, room)
    await alice.say(room, 'more')
    const encrypted = { ranges: [[0, 9]], timeline_limit: 0, required_state: [], filters: { is_encrypted: true } }
    const narrow = (more: object) => ({
      lists: { some: encrypted },
      extensions: { [extension]: { enabled: true, ...more } },
    })
    const first = await bob.sliding(narrow({}))
    expect(first.extensions[extension]).toEqual({ next_batch: expect.any(String) })
    const { next_batch: since } = first.extensions[extension]
    const subscribed = { room_subscriptions: { [room]: { timeline_limit: 1, required_state: [] } } }
    const then = await bob.sliding({ ...narrow({ since }), ...subscribed }, { pos: first.pos })
    expect(ofSliding(then, room)).toEqual([id])
  })

  it('are not told twice in an answer, and refuse a token of elsewhere', async () => {
    const { alice, bob, room } = await apart()
    const id = await stick(alice, room)
    const first = await bob.sliding(wish())
    expect(ids(first.rooms[room].timeline)).toEqual([id])
    expect(first.rooms[room].timeline[0].unsigned.msc4354_sticky_duration_ttl_ms).toBeGreaterThan(0)
    expect(ofSliding(first, room)).toEqual([])
    const path = '/_matrix/client/unstable/org.matrix.simplified_msc3575/sync'
    expect((await bob.call('POST', path, { body: wish({ since: 'x' }) })).json.errcode).toBe('M_INVALID_PARAM')
  })
})
