import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
const clock = new FakeClock()
beforeAll(async () => {
  town = await startTown({ clock })
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`tl${++count}`)
const filtered = (filter: object) => ({ filter: JSON.stringify(filter) })
const bodies = (events: any[]) => events.map((event) => event.content.body).filter((body) => body !== undefined)

async function all(who: TownPerson, room: string, query: Record<string, string>) {
  const events: any[] = []
  let [from, pages]: [string | undefined, number] = [undefined, 0]
  do {
    const page = await who.messages(room, { ...query, ...(from === undefined ? {} : { from }) })
    events.push(...page.chunk)
    from = page.end
    pages += 1
  } while (from !== undefined)
  return { events, pages }
}

describe('/timestamp_to_event', () => {
  it('finds the nearest event that one may see, in either direction', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await alice.setState(room, 'm.room.history_visibility', { history_visibility: 'joined' })
    await clock.advance(60_000)
    const hiddenTs = clock.nowMs()
    const hidden = await alice.say(room, 'before bob')
    await clock.advance(60_000)
    await bob.join(room)
    await clock.advance(60_000)
    const [one, two] = [await alice.say(room, 'one'), await alice.say(room, 'two')]
    const ts = clock.nowMs()
    const near = (who: TownPerson, at: number, dir: string, version = 'v1') =>
      who.call('GET', `/_matrix/client/${version}${roomPath(room)}/timestamp_to_event?ts=${at}&dir=${dir}`)
    expect((await near(alice, ts - 1, 'f')).json).toEqual({ event_id: one, origin_server_ts: ts })
    expect((await near(alice, ts, 'b')).json.event_id).toBe(two)
    expect((await near(alice, ts + 5, 'b', 'unstable/org.matrix.msc3030')).json.event_id).toBe(two)
    expect((await near(alice, hiddenTs, 'b')).json.event_id).toBe(hidden)
    expect((await near(alice, ts + 1, 'f')).status).toBe(404)
    expect((await near(bob, hiddenTs - 1, 'f')).json.event_id).not.toBe(hidden)
    expect((await near(bob, hiddenTs, 'f')).json.origin_server_ts).toBe(ts - 60_000)
    expect((await near(await person(), ts, 'b')).status).toBe(403)
    expect((await near(alice, -1, 'b')).status).toBe(400)
  })
})

describe('/messages', () => {
  it('keeps to what something refers to, by relation and by person', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    const ids: string[] = []
    for (let n = 0; n < 6; n++) ids.push(await alice.say(room, `${n}`))
    const relate = (who: TownPerson, rel_type: string, n: number) =>
      who.say(room, 'r', { 'm.relates_to': { rel_type, event_id: ids[n] } as any })
    await relate(alice, 'm.thread', 1)
    await relate(bob, 'm.thread', 2)
    await relate(bob, 'm.reference', 3)
    const found = async (filter: object) => bodies((await alice.messages(room, filtered(filter))).chunk)
    expect(await found({ related_by_rel_types: ['m.thread'] })).toEqual(['2', '1'])
    expect(await found({ related_by_senders: [bob.id] })).toEqual(['3', '2'])
    expect(await found({ related_by_senders: [bob.id], related_by_rel_types: ['m.thread'] })).toEqual(['2'])
    expect(await found({ related_by_senders: ['@nobody:town.example'] })).toEqual([])
    expect(await found({ related_by_rel_types: ['m.thread'], not_senders: [alice.id] })).toEqual([])
  })

  it('ends without a token, whatever the filter finds, and stops at `to`', async () => {
    const alice = await person()
    const room = await alice.createRoom()
    for (let n = 0; n < 130; n++) {
      await alice.send(room, n % 40 === 0 ? 'm.rare' : 'm.often', {
        body: `${n}`,
        ...(n % 50 === 0 && { url: 'mxc://x/y' }),
      })
    }
    for (const dir of ['f', 'b']) {
      const rare = await all(alice, room, {
        dir,
        limit: '3',
        ...filtered({ types: ['m.r*'], not_types: ['m.room.*'] }),
      })
      expect(bodies(rare.events)).toEqual(dir === 'f' ? ['0', '40', '80', '120'] : ['120', '80', '40', '0'])
      expect(bodies((await all(alice, room, { dir, ...filtered({ contains_url: true }) })).events)).toHaveLength(3)
      expect(bodies((await all(alice, room, { dir, limit: '25' })).events)).toHaveLength(130)
      expect((await all(alice, room, { dir, ...filtered({ senders: ['@x:y'] }) })).events).toEqual([])
    }
    const page = await alice.messages(room, { limit: '10' })
    const next = await alice.messages(room, { from: page.end ?? '', limit: '10' })
    const upTo = await alice.messages(room, { to: next.end ?? '', limit: '100' })
    expect(bodies(upTo.chunk)).toEqual(bodies([...page.chunk, ...next.chunk]))
    expect(upTo.end).toBeUndefined()
  })

  it('tells the speakers as they were then', async () => {
    const [alice, bob] = [await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    await bob.say(room, 'in my old name')
    const { end: _, ...old } = (await alice.messages(room, filtered({ lazy_load_members: true }))) as any
    const was = old.state.find((event: any) => event.state_key === bob.id)
    await bob.ok('PUT', `/profile/${encodeURIComponent(bob.id)}/displayname`, { displayname: 'Robert' })
    await bob.leave(room)
    await alice.say(room, 'later')
    const page = (await alice.messages(room, { from: old.start, ...filtered({ lazy_load_members: true }) })) as any
    expect(page.state.find((event: any) => event.state_key === bob.id)).toEqual(was)
    const without = (await alice.messages(room, { from: old.start })) as any
    expect(without.state).toBeUndefined()
  })
})

describe('/members', () => {
  it('are those of a token, of sync and of the timeline', async () => {
    const [alice, bob, carol] = [await person(), await person(), await person()]
    const room = await alice.createRoom({ preset: 'public_chat' })
    await bob.join(room)
    await alice.say(room, 'here is the place')
    const answer = await alice.sync(undefined, { filter: '{"room":{"timeline":{"limit":1}}}' })
    const tokens = [answer.next_batch, answer.rooms?.join?.[room]?.timeline.prev_batch ?? '']
    await bob.leave(room)
    await carol.join(room)
    const members = async (at: string | undefined, more = '') => {
      const query = `?${at === undefined ? '' : `at=${at}`}${more}`
      const { chunk } = await alice.ok('GET', `${roomPath(room)}/members${query}`)
      return chunk.map((event: any) => event.state_key).sort()
    }
    for (const token of tokens) {
      expect(await members(token)).toEqual([alice.id, bob.id].sort())
      expect(await members(token, '&not_membership=join')).toEqual([])
    }
    expect(await members(undefined, '&membership=join')).toEqual([alice.id, carol.id].sort())
    expect(await members(undefined, '&membership=leave')).toEqual([bob.id])
    expect((await alice.call('GET', `${roomPath(room)}/members?at=nonsense`)).status).toBe(400)
  })
})

describe('/context', () => {
  it('divides the limit, filters both sides, and tells the state of then', async () => {
    const alice = await person()
    const room = await alice.createRoom({ name: 'First name' })
    const ids: string[] = []
    for (let n = 0; n < 10; n++) ids.push(await alice.send(room, n % 2 ? 'm.odd' : 'm.even', { body: `${n}` }))
    await alice.setState(room, 'm.room.name', { name: 'Second name' })
    const context = (query: string) =>
      alice.ok('GET', `${roomPath(room)}/context/${encodeURIComponent(ids[4] ?? '')}?${query}`)
    const five = await context('limit=5')
    expect([bodies(five.events_before), bodies(five.events_after)]).toEqual([
      ['3', '2', '1'],
      ['5', '6'],
    ])
    expect(five.state.find((event: any) => event.type === 'm.room.name').content.name).toBe('First name')
    const none = await context('limit=0')
    expect([none.events_before, none.events_after, none.event.event_id]).toEqual([[], [], ids[4]])
    const even = await context(`limit=4&filter=${encodeURIComponent('{"types":["m.even"]}')}`)
    expect([bodies(even.events_before), bodies(even.events_after)]).toEqual([
      ['2', '0'],
      ['6', '8'],
    ])
    expect(bodies((await alice.messages(room, { from: five.start, limit: '1' })).chunk)).toEqual(['0'])
    expect(bodies((await alice.messages(room, { dir: 'f', from: five.end, limit: '1' })).chunk)).toEqual(['7'])
  })
})
