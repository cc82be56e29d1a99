import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town, type TownNode } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

/** In everything that the erased person said, and in her name. */
const canary = /zebra/i

let town: Town
let node: TownNode
let anna: TownPerson
let late: TownPerson
let returned: TownPerson
let room: string
let open: string
const ids = { before: '', question: '', said: '', edit: '', reply: '', reaction: '', reference: '' }
let atFirst: string

beforeAll(async () => {
  town = await startTown()
  node = await town.openNode()
  anna = await town.person('anna')
  late = await town.person('late')
  returned = await town.person('returned')
  const erna = await town.person('erna', { displayName: 'Zebra of the zoo' })
  room = await anna.createRoom({ preset: 'public_chat', power_level_content_override: { redact: 0 } })
  open = await anna.createRoom({ preset: 'public_chat', initial_state: [worldReadable] })
  for (const one of [room, open]) await erna.join(one)
  atFirst = (await anna.sync()).next_batch
  await returned.join(room)
  ids.before = await erna.say(room, 'a zebra that Returned hears')
  await returned.leave(room)
  ids.question = await anna.say(room, 'what was it')
  await erna.say(room, '* unheard zebra', {
    'm.new_content': { msgtype: 'm.text', body: 'an unheard zebra' },
    'm.relates_to': { rel_type: 'm.replace', event_id: ids.before },
  })
  ids.said = await erna.say(room, 'a zebra alone')
  const relates = (rel_type: string, more = {}) => ({ 'm.relates_to': { rel_type, event_id: ids.question, ...more } })
  ids.edit = await erna.say(room, '* a zebra', {
    'm.new_content': { msgtype: 'm.text', body: 'a second zebra' },
    'm.relates_to': { rel_type: 'm.replace', event_id: ids.said },
  })
  await anna.say(room, 'a thread', { 'm.relates_to': { rel_type: 'm.thread', event_id: ids.said } })
  ids.reply = await erna.say(room, 'zebra in a thread', relates('m.thread'))
  ids.reaction = await erna.send(room, 'm.reaction', relates('m.annotation', { key: 'zebra' }))
  ids.reference = await erna.send(room, 'org.example.vote', { zebra: 1, ...relates('m.reference') })
  const slip = await erna.say(room, 'a slip')
  await erna.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(slip)}/r1`, { reason: 'zebra slipped' })
  const others = await anna.say(room, 'a word too many')
  await erna.ok('PUT', `${roomPath(room)}/redact/${encodeURIComponent(others)}/r2`, { reason: 'no zebra' })
  await erna.say(open, 'a zebra in the open')
  await anna.say(room, 'well')
  // The other node knows that nobody was erased.
  await node.as(anna).messages(room)
  const auth = { type: 'm.login.password', password: 'correct horse battery staple' }
  await erna.ok('POST', '/account/deactivate', { auth, erase: true })
})
afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
})

const worldReadable = {
  type: 'm.room.history_visibility',
  state_key: '',
  content: { history_visibility: 'world_readable' },
}
const event = encodeURIComponent
const search = {
  search_categories: { room_events: { search_term: 'zebra', event_context: { include_profile: true } } },
}
const found = async (who: TownPerson) => {
  const { search_categories } = await who.ok('POST', '/search', search)
  return search_categories.room_events.results.map((one: any) => one.result.event_id)
}
const sliding = { lists: { all: { ranges: [[0, 9]], timeline_limit: 50, required_state: [['*', '*']] } } }
const allState = JSON.stringify({ room: { timeline: { limit: 3 }, state: { lazy_load_members: false } } })
const lazy = JSON.stringify({ room: { timeline: { limit: 50 }, state: { lazy_load_members: true } } })
const lazyPage = JSON.stringify({ lazy_load_members: true })

/** All that is told of a room, by every reader, to somebody who is in it or may look into it. */
function readersOf(who: TownPerson, of: string): (readonly [string, () => Promise<unknown>])[] {
  const get = (path: string) => [path, () => who.call('GET', path).then(({ text }) => text)] as const
  const path = roomPath(of)
  return [
    get(`${path}/messages?dir=b&limit=100`),
    get(`${path}/messages?dir=f&limit=100&filter=${encodeURIComponent(lazyPage)}`),
    get(`${path}/messages?dir=b&limit=100&filter=${encodeURIComponent(lazyPage)}`),
    ...Object.values(ids).flatMap((id) => [
      get(`${path}/context/${event(id)}?limit=50`),
      get(`${path}/event/${event(id)}`),
      get(`/_matrix/client/v1${path}/relations/${event(id)}?recurse=true`),
    ]),
    get(`/_matrix/client/v1${path}/threads`),
    get(`${path}/initialSync`),
    get(`/events?room_id=${encodeURIComponent(of)}&from=${atFirst}&timeout=0`),
    get(`${path}/state`),
    get(`${path}/members`),
    get(`${path}/members?at=${atFirst}`),
    get('/notifications'),
    // The answer repeats the word that was asked for.
    ['/search', () => found(who).then((results) => results.map(() => 'a zebra was found'))],
  ]
}

describe('what an erased person said', () => {
  it('is told to nobody who came later, by no reader, on no node', async () => {
    const since = (await late.sync()).next_batch
    await late.join(room)
    for (const who of [late, node.as(late)]) {
      for (const [name, read] of readersOf(who, room)) {
        expect([name, JSON.stringify(await read()).match(canary)]).toEqual([name, null])
      }
      const queries: Record<string, string>[] = [{}, { filter: lazy }, { filter: allState, full_state: 'true' }]
      for (const query of queries) {
        expect(JSON.stringify(await who.sync(undefined, query))).not.toMatch(canary)
        expect(JSON.stringify(await who.sync(since, query))).not.toMatch(canary)
      }
      expect(JSON.stringify(await who.sliding(sliding))).not.toMatch(canary)
    }
    const { next_batch } = await late.sync(undefined, { filter: allState })
    expect(JSON.stringify(await late.sync(next_batch, { full_state: 'true' }))).not.toMatch(canary)
    const { chunk } = await late.messages(room)
    const told = chunk.filter((one) => one.sender === '@erna:town.example' && one.type === 'm.room.message')
    expect(told).toHaveLength(6)
    for (const one of told) expect(one.content).toEqual({})
    const { chunk: related } = await late.ok(
      'GET',
      `/_matrix/client/v1${roomPath(room)}/relations/${event(ids.question)}`,
    )
    expect(related).toEqual([])
  })

  it('is not told to whoever only looks in', async () => {
    const stranger = await town.person('stranger')
    for (const [name, read] of readersOf(stranger, open)) {
      expect([name, JSON.stringify(await read()).match(canary)]).toEqual([name, null])
    }
  })

  it('stays with those who heard it, and only what they heard', async () => {
    const { chunk } = await anna.messages(room)
    expect(chunk.find((one) => one.event_id === ids.said)).toMatchObject({
      content: { body: 'a zebra alone' },
      unsigned: { 'm.relations': { 'm.replace': { event_id: ids.edit }, 'm.thread': { count: 1 } } },
    })
    expect(await found(anna)).toEqual(expect.arrayContaining([ids.before, ids.said, ids.reply]))
    const question = await anna.ok('GET', `${roomPath(room)}/event/${event(ids.question)}`)
    expect(question.unsigned['m.relations']['m.thread'].latest_event.content.body).toBe('zebra in a thread')

    await returned.join(room)
    const page = await returned.messages(room)
    const bodyOf = (id: string | undefined) => page.chunk.find((one) => one.event_id === id).content.body
    expect([bodyOf(ids.before), bodyOf(ids.said)]).toEqual(['a zebra that Returned hears', undefined])
    expect(await found(returned)).toEqual([ids.before])
    expect((await returned.call('POST', '/search', { body: search })).text).not.toMatch(/unheard|of the zoo/)
    expect((await returned.call('GET', `${roomPath(room)}/event/${event(ids.before)}`)).text).not.toMatch(/unheard/)
    expect(JSON.stringify(await returned.ok('GET', `${roomPath(room)}/event/${event(ids.said)}`))).not.toMatch(canary)
  })

  it('is kept from whoever comes while the server has just begun', async () => {
    await town.restart()
    const newest = await town.person('newest')
    await newest.join(room)
    expect(JSON.stringify(await newest.messages(room))).not.toMatch(canary)
    expect(JSON.stringify(await anna.messages(room))).toMatch(canary)
  })

  it('is redacted for nobody where the account is only closed', async () => {
    const carl = await town.person('carl')
    const other = await anna.createRoom({ preset: 'public_chat' })
    await carl.join(other)
    await carl.say(other, 'plain words')
    const auth = { type: 'm.login.password', password: 'correct horse battery staple' }
    await carl.ok('POST', '/account/deactivate', { auth })
    await late.join(other)
    expect(JSON.stringify(await late.messages(other))).toMatch(/plain words/)
  })
})
