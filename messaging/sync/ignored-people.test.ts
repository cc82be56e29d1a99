import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

let count = 0
const person = () => town.person(`w${++count}`)
const ignore = (who: TownPerson, ...people: TownPerson[]) =>
  who.ok('PUT', `/user/${encodeURIComponent(who.id)}/account_data/m.ignored_user_list`, {
    ignored_users: Object.fromEntries(people.map(({ id }) => [id, {}])),
  })
const wish = { lists: { all: { ranges: [[0, 19]], timeline_limit: 10, required_state: [['*', '*']] } } }
const words = (events: any[] | undefined) => (events ?? []).map((event) => event.content.body).filter(Boolean)

/** Alice ignores Mallory; Bob is ignored by nobody. */
async function threeInARoom() {
  const [alice, bob, mallory] = [await person(), await person(), await person()]
  const room = await bob.createRoom({
    preset: 'public_chat',
    power_level_content_override: { users_default: 50 },
  })
  await alice.join(room)
  await mallory.join(room)
  return { alice, bob, mallory, room }
}

describe('what an ignored person says', () => {
  it('is in no timeline and no page, and her state is', async () => {
    const { alice, bob, mallory, room } = await threeInARoom()
    const before = await mallory.say(room, 'before')
    await ignore(alice, mallory)
    const [{ next_batch: since }, { pos }] = [await alice.sync(), await alice.sliding(wish)]
    await mallory.say(room, 'unwanted')
    await mallory.setState(room, 'm.room.topic', { topic: 'still told' })
    await bob.say(room, 'welcome')
    const told = (await alice.sync(since)).rooms?.join?.[room]
    expect(words(told?.timeline.events)).toEqual(['welcome'])
    expect(told?.timeline).toMatchObject({ limited: false })
    expect(JSON.stringify(told)).toContain('still told')
    const slid = (await alice.sliding(wish, { pos })).rooms[room]
    expect([words(slid.timeline), slid.limited]).toEqual([['welcome'], false])
    expect(JSON.stringify(slid.timeline)).toContain('still told')
    for (const answer of [(await alice.sync()).rooms?.join?.[room], (await alice.sliding(wish)).rooms[room]]) {
      expect(words(answer.timeline.events ?? answer.timeline)).toEqual(['welcome'])
    }
    expect(words((await alice.messages(room)).chunk)).toEqual(['welcome'])
    expect((await alice.call('GET', `${roomPath(room)}/event/${encodeURIComponent(before)}`)).status).toBe(404)
    expect(words((await bob.messages(room)).chunk)).toEqual(['welcome', 'unwanted', 'before'])
  })

  it('wakes nobody who ignores her', async () => {
    const { alice, bob, mallory, room } = await threeInARoom()
    await ignore(alice, mallory)
    const [{ next_batch: since }, { pos }] = [await alice.sync(), await alice.sliding(wish)]
    const waiting = [alice.sync(since, { timeout: '20000' }), alice.sliding(wish, { pos, timeout: '20000' })]
    await mallory.say(room, 'unwanted')
    await bob.say(room, 'welcome')
    const [classic, sliding] = await Promise.all(waiting)
    expect(words(classic.rooms?.join?.[room]?.timeline.events)).toEqual(['welcome'])
    expect(words(sliding.rooms[room].timeline)).toEqual(['welcome'])
  })

  it('is in no thread, no list of references and no result of a search', async () => {
    const { alice, bob, mallory, room } = await threeInARoom()
    const root = await bob.say(room, 'root of all')
    const refer = (kind: string) => ({ 'm.relates_to': { rel_type: kind, event_id: root } })
    const wanted = await bob.say(room, 'wanted zebra', refer('m.thread'))
    await mallory.say(room, 'unwanted zebra', refer('m.thread'))
    await mallory.send(room, 'org.refers', refer('m.reference'))
    const known = await bob.send(room, 'org.refers', refer('m.reference'))
    await ignore(alice, mallory)
    const event = await alice.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(root)}`)
    const relations = event.unsigned['m.relations']
    expect(relations['m.thread']).toMatchObject({ count: 1, latest_event: { event_id: wanted } })
    expect(relations['m.reference'].chunk).toEqual([{ event_id: known }])
    const path = `/_matrix/client/v1${roomPath(room)}/relations/${encodeURIComponent(root)}/m.thread`
    expect(words((await alice.ok('GET', path)).chunk)).toEqual(['wanted zebra'])
    const criteria = { search_categories: { room_events: { search_term: 'zebra' } } }
    const found = (await alice.ok('POST', '/search', criteria)).search_categories.room_events.results
    expect(found.map(({ result }: any) => result.content.body)).toEqual(['wanted zebra'])
    const all = (await bob.ok('GET', `${roomPath(room)}/event/${encodeURIComponent(root)}`)).unsigned['m.relations']
    expect([all['m.thread'].count, all['m.reference'].chunk.length]).toEqual([2, 2])
  })

  it('can be reported all the same', async () => {
    const { alice, mallory, room } = await threeInARoom()
    const said = await mallory.say(room, 'abuse')
    await ignore(alice, mallory)
    const path = `${roomPath(room)}/report/${encodeURIComponent(said)}`
    expect((await alice.call('POST', path, { body: { reason: 'abuse' } })).status).toBe(200)
  })

  it('is told again when she is no longer ignored, to who begins anew', async () => {
    const { alice, mallory, room } = await threeInARoom()
    await ignore(alice, mallory)
    const { next_batch: since } = await alice.sync()
    await mallory.say(room, 'missed')
    const { next_batch: later } = await alice.sync(since)
    await ignore(alice)
    await mallory.say(room, 'heard')
    const told = await alice.sync(later)
    expect(words(told.rooms?.join?.[room]?.timeline.events)).toEqual(['heard'])
    expect(words((await alice.sync()).rooms?.join?.[room]?.timeline.events)).toEqual(['missed', 'heard'])
  })
})

describe('where an ignored person asks somebody in', () => {
  it('nothing is told of it until she is no longer ignored', async () => {
    const [alice, mallory] = [await person(), await person()]
    await ignore(alice, mallory)
    const [{ next_batch: since }, { pos }] = [await alice.sync(), await alice.sliding(wish)]
    const room = await mallory.createRoom({ invite: [alice.id] })
    expect((await alice.sync()).rooms?.invite).toBeUndefined()
    expect((await alice.sync(since)).rooms?.invite).toBeUndefined()
    const slid = await alice.sliding(wish, { pos })
    expect([Object.keys(slid.rooms), slid.lists.all.count]).toEqual([[], 0])
    await ignore(alice)
    expect(Object.keys((await alice.sync(since)).rooms?.invite ?? {})).toEqual([room])
    expect((await alice.sliding(wish, { pos: slid.pos })).rooms[room]).toMatchObject({ membership: 'invite' })
  })

  it('a client that knew her as a member is told that she is no longer', async () => {
    const { alice, bob, mallory, room } = await threeInARoom()
    await ignore(alice, mallory)
    const [{ next_batch: since }, { pos }] = [await alice.sync(), await alice.sliding(wish)]
    await bob.say(room, 'farewell')
    await bob.ok('POST', `${roomPath(room)}/kick`, { user_id: alice.id })
    await mallory.ok('POST', `${roomPath(room)}/invite`, { user_id: alice.id })
    const told = await alice.sync(since)
    expect(words(told.rooms?.leave?.[room]?.timeline.events)).toEqual(['farewell'])
    expect([told.rooms?.invite, told.rooms?.join]).toEqual([undefined, undefined])
    const slid = await alice.sliding(wish, { pos })
    expect(slid.rooms[room]).toMatchObject({ membership: 'leave' })
    expect(JSON.stringify(slid)).not.toContain('"membership":"invite"')
  })
})
