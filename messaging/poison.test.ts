import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOutbound } from '#platform/index.ts'
import { bidi, poison, poisonEverythingElse, zalgo } from '#testing/poison.ts'
import { type PushGateway, startPushGateway } from '#testing/push-gateway.ts'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
let gateway: PushGateway
beforeAll(async () => {
  gateway = await startPushGateway()
  const outboundOrigins = [gateway.origin]
  town = await startTown({ outbound: createOutbound({ allowedOrigins: outboundOrigins }), outboundOrigins })
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
})

/** Everything that reads, of a room and of all rooms, as somebody who has done nothing wrong. */
async function readAll(bob: TownPerson, room: string, since: string): Promise<Record<string, number>> {
  const answers: Record<string, number> = {}
  const look = async (path: string, body?: object) => {
    const answer = await bob.call(body === undefined ? 'GET' : 'POST', path, body === undefined ? {} : { body })
    answers[path.replace(roomPath(room), '').replace(/%24[^/?]*/g, 'ID')] = answer.status
    expect(() => JSON.parse(answer.text)).not.toThrow()
    return answer.json
  }
  const { chunk } = await look(`${roomPath(room)}/messages?dir=b&limit=500`)
  await look(
    `${roomPath(room)}/messages?dir=f&limit=500&filter=${encodeURIComponent('{"lazy_load_members":true,"contains_url":false}')}`,
  )
  await look(`${roomPath(room)}/messages?dir=b&filter=${encodeURIComponent('{"related_by_rel_types":["m.thread"]}')}`)
  for (const event of chunk) {
    const id = encodeURIComponent(event.event_id)
    await look(`${roomPath(room)}/event/${id}`)
    await look(`${roomPath(room)}/context/${id}?limit=4`)
    await look(`/_matrix/client/v1${roomPath(room)}/relations/${id}?recurse=true`)
  }
  for (const rest of ['/members', '/joined_members', '/state']) await look(roomPath(room) + rest)
  await look(`/_matrix/client/v1${roomPath(room)}/threads`)
  await look(`/_matrix/client/v1${roomPath(room)}/timestamp_to_event?ts=0&dir=f`)
  for (const query of ['', `?since=${since}`, '?full_state=true']) await look(`/sync${query}`)
  const event_context = { include_profile: true }
  for (const search_term of ['harmless', 'x', bidi, 'ก', '漢', zalgo.slice(0, 900)]) {
    await look('/search', { search_categories: { room_events: { search_term, include_state: true, event_context } } })
  }
  const on = { enabled: true }
  const whole = { ranges: [[0, 99]], timeline_limit: 100, required_state: [['*', '*']] }
  await look('/_matrix/client/unstable/org.matrix.simplified_msc3575/sync', {
    lists: {
      all: whole,
      named: { ...whole, filters: { room_name_like: 'x', is_dm: false, not_room_types: ['m.space'] } },
    },
    extensions: { account_data: on, receipts: on, typing: on, e2ee: on, to_device: on },
  })
  await look('/notifications')
  await look('/publicRooms')
  await look('/user_directory/search', { search_term: 'a' })
  return answers
}

it('harms nobody but its sender', { timeout: 120_000 }, async () => {
  const [mallory, bob] = await town.people('mallory', 'bob')
  const room = await mallory.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  const { next_batch } = await bob.sync()
  const tally = await poison(mallory, room)
  expect(Object.keys(tally).filter((status) => Number(status) >= 500)).toEqual([])
  expect(tally[200]).toBeGreaterThan(60)
  expect(tally[400]).toBeGreaterThan(20)
  const check = async () => {
    const answers = await readAll(bob, room, next_batch)
    expect(Object.entries(answers).filter(([, status]) => status !== 200)).toEqual([])
    expect(({} as any).polluted).toBeUndefined()
  }
  await check()
  await town.restart()
  await check()
  await harmlessIsFound(bob)
})

async function harmlessIsFound(bob: TownPerson): Promise<void> {
  const own = await bob.createRoom()
  const said = await bob.say(own, 'harmless words')
  const found = await bob.ok('POST', '/search', {
    search_categories: { room_events: { search_term: 'harmless words' } },
  })
  expect(found.search_categories.room_events.results.map((one: any) => one.result.event_id)).toEqual([said])
  expect(town.chancery.messaging.searchReader.failedAt()).toBeUndefined()
}

/** Rules that look into contents and names as far as rules can. */
async function beToldOfAll(bob: TownPerson): Promise<void> {
  const [match, is, contains] = ['event_match', 'event_property_is', 'event_property_contains']
  const conditions = [
    [{ kind: match, key: 'content.body', pattern: '*x*' }],
    [{ kind: is, key: 'content.m\\.relates_to.rel_type', value: 'm.thread' }],
    [{ kind: contains, key: 'content.m\\.mentions.user_ids', value: bob.id }],
    [{ kind: 'contains_display_name' }],
    [{ kind: 'sender_notification_permission', key: 'room' }],
    [{ kind: 'room_member_count', is: '>1' }],
  ]
  for (const [n, some] of conditions.entries()) {
    await bob.ok('PUT', `/pushrules/global/override/own${n}`, { conditions: some, actions: ['notify'] })
  }
  await bob.ok('POST', '/pushers/set', {
    ...{ kind: 'http', app_id: 'org.example.app', pushkey: 'key', app_display_name: 'App', lang: 'en' },
    ...{ device_display_name: 'Telephone', data: { url: gateway.url, format: 'event_id_only' } },
  })
}

it('stops no push to others', { timeout: 60_000 }, async () => {
  const [mallory, bob, alice] = await town.people('mallory2', 'bob2', 'alice2')
  const rooms = [await mallory.createRoom({ preset: 'public_chat' }), await alice.createRoom({ preset: 'public_chat' })]
  for (const room of rooms) await bob.join(room)
  await bob.ok('PUT', `/profile/${encodeURIComponent(bob.id)}/displayname`, { displayname: 'x' })
  await beToldOfAll(bob)
  await poison(mallory, rooms[0] ?? '')
  const said = await alice.say(rooms[1] ?? '', 'harmless')
  const { pushReader } = town.chancery.messaging
  await pushReader.reached(await town.chancery.log.reachNewest())
  expect(pushReader.failedAt()).toBeUndefined()
  await expect.poll(() => gateway.events(), { timeout: 20_000 }).toContain(said)
  expect(gateway.events().length).toBeGreaterThan(20)
})

it('of keys, names and files harms nobody who asks for them', { timeout: 60_000 }, async () => {
  const [mallory, bob] = await town.people('mallory3', 'bob3')
  const room = await mallory.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  const { next_batch: since } = await bob.sync()
  const { tally, files } = await poisonEverythingElse(mallory, bob, room)
  expect(Object.keys(tally).filter((status) => Number(status) >= 500)).toEqual([])
  expect([tally[200] ?? 0, tally[400] ?? 0].every((times) => times > 20)).toBe(true)
  expect(files.length).toBeGreaterThan(5)
  const { id } = mallory
  const claims = { one_time_keys: { [id]: { [mallory.deviceId]: 'signed_curve25519' } } }
  const asked = [
    await bob.call('POST', '/keys/query', { body: { device_keys: { [id]: [], [bob.id]: [] } } }),
    await bob.call('POST', '/keys/claim', { body: claims }),
    await bob.call('GET', `/keys/changes?from=${since}&to=${(await bob.sync()).next_batch}`),
    await bob.call('GET', `/profile/${encodeURIComponent(id)}`),
    await mallory.call('GET', '/devices'),
    await mallory.call('GET', '/sync'),
  ]
  for (const answer of asked) expect([answer.status, typeof answer.json]).toEqual([200, 'object'])
  for (const uri of files) {
    const file = uri.slice('mxc://'.length)
    const whole = await bob.call('GET', `/_matrix/client/v1/media/download/${file}`)
    expect([whole.status, whole.headers.get('set-cookie')]).toEqual([200, null])
    expect(whole.headers.get('content-disposition')).toMatch(/^(inline|attachment)/)
    expect(whole.headers.get('content-disposition')).not.toContain('\r')
    const small = await bob.call('GET', `/_matrix/client/v1/media/thumbnail/${file}?width=32&height=32`)
    expect(small.status).toBeLessThan(500)
  }
  const answers = await readAll(bob, room, since)
  expect(Object.entries(answers).filter(([, status]) => status !== 200)).toEqual([])
  await harmlessIsFound(bob)
})
