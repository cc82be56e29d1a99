import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import { roomPath, type TownPerson } from '#testing/town-person.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town[Symbol.asyncDispose]())

const nested = (levels: number) => `${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`
const bidi = '\u202e\u2066\u200b\u200d\ufeff\u00ad\u0000reversed'
const zalgo = `Z${'\u0300\u0489\u20dd'.repeat(5_000)}`
const long = 'k'.repeat(60_000)

/** Contents as text, because some of them no program would write. Each may be refused; none may hurt others. */
const contents = [
  nested(40),
  nested(49),
  nested(5_000),
  `{"body":${JSON.stringify(bidi)},"msgtype":"m.text"}`,
  `{"body":${JSON.stringify(zalgo)},"msgtype":"m.text","formatted_body":${JSON.stringify(zalgo)}}`,
  `{"${long}":1}`,
  `{"body":"x","${'\\ud800'}":"\\udfff"}`,
  '{"body":"\\ud83d"}',
  '{"body":{"toString":null,"length":-1}}',
  '{"body":["a"],"msgtype":{"a":1}}',
  '{"body":null}',
  '{"body":1e999}',
  '{"body":-0}',
  '{"body":0.1}',
  '{"body":9007199254740993}',
  '{"body":NaN}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"body":"x"}',
  '{"toJSON":"x","then":"y","body":"x"}',
  '{"m.relates_to":null}',
  '{"m.relates_to":[]}',
  '{"m.relates_to":{"rel_type":{},"event_id":[]}}',
  '{"m.relates_to":{"rel_type":"m.thread","event_id":"$ROOT","m.in_reply_to":7},"body":"x"}',
  '{"m.relates_to":{"rel_type":"m.replace","event_id":"$ROOT"},"m.new_content":{"body":{"a":1}}}',
  '{"m.relates_to":{"rel_type":"m.replace","event_id":"$ROOT"},"m.new_content":[1]}',
  `{"m.relates_to":{"rel_type":"m.annotation","event_id":"$ROOT","key":"${'x'.repeat(50_000)}"}}`,
  '{"m.relates_to":{"rel_type":"m.reference","event_id":"$ROOT"}}',
  `{"m.relates_to":{"rel_type":"${'r'.repeat(300)}","event_id":"$ROOT"}}`,
  '{"m.mentions":{"user_ids":["@a:b",7,null,{}],"room":"yes"},"body":"@room"}',
  '{"m.mentions":7,"body":"x"}',
  `{"url":{},"body":${JSON.stringify('ก'.repeat(20_000))}}`,
  `{"body":${JSON.stringify('漢'.repeat(20_000))},"msgtype":"m.text"}`,
  `{"body":${JSON.stringify('ﷺ'.repeat(20_000))},"msgtype":"m.text"}`,
]
const states: [type: string, key: string, content: string][] = [
  ['m.room.name', '', '{"name":{"a":1}}'],
  ['m.room.name', '', `{"name":${JSON.stringify(bidi)}}`],
  ['m.room.topic', '', '{"topic":[1,2]}'],
  ['m.room.avatar', '', '{"url":7}'],
  ['m.room.canonical_alias', '', '{"alias":7}'],
  ['m.room.power_levels', '', '{"users":{"@x:y":9007199254740991},"events":{"m.x":-9007199254740991}}'],
  ['m.room.power_levels', '', '{"users":{"@x:y":1e300}}'],
  ['m.room.power_levels', '', '{"users_default":"99999999999999999999"}'],
  ['m.room.power_levels', '', '{"users":[]}'],
  ['m.room.history_visibility', '', '{"history_visibility":{"a":1}}'],
  ['m.room.join_rules', '', '{"join_rule":"public","allow":[7,null,{"type":[]}]}'],
  ['m.room.pinned_events', '', '{"pinned":[7,{},"$x"]}'],
  ['m.space.child', '!x:y', '{"via":7,"order":{}}'],
  ['m.room.tombstone', '', '{"replacement_room":7}'],
  ['m.room.server_acl', '', '{"allow":[7],"deny":"*","allow_ip_literals":"x"}'],
  ['m.room.guest_access', '', '{"guest_access":[]}'],
  ['org.x', '\u202e', '{}'],
  ['org.x', 'k'.repeat(255), nested(45)],
]

async function plant(mallory: TownPerson, room: string): Promise<Record<number, number>> {
  const root = await mallory.say(room, 'root')
  const tally: Record<number, number> = {}
  const send = async (path: string, raw: string) => {
    const { status } = await mallory.call('PUT', path, {
      raw: raw.replaceAll('$ROOT', root),
      headers: { 'content-type': 'application/json' },
    })
    tally[status] = (tally[status] ?? 0) + 1
  }
  let n = 0
  for (const type of ['m.room.message', 'm.reaction', 'm.room.encrypted', `org.${'t'.repeat(250)}`]) {
    for (const raw of contents) await send(`${roomPath(room)}/send/${type}/p${++n}`, raw)
  }
  for (const [type, key, raw] of states) await send(`${roomPath(room)}/state/${type}/${encodeURIComponent(key)}`, raw)
  await mallory.call('PUT', `/profile/${encodeURIComponent(mallory.id)}/displayname`, {
    body: { displayname: bidi.slice(0, 5) },
  })
  return tally
}

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
  await look('/publicRooms')
  await look('/user_directory/search', { search_term: 'a' })
  return answers
}

it('harms nobody but its sender', { timeout: 120_000 }, async () => {
  const [mallory, bob] = await town.people('mallory', 'bob')
  const room = await mallory.createRoom({ preset: 'public_chat' })
  await bob.join(room)
  const { next_batch } = await bob.sync()
  const tally = await plant(mallory, room)
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
  const own = await bob.createRoom()
  const said = await bob.say(own, 'harmless words')
  const found = await bob.ok('POST', '/search', {
    search_categories: { room_events: { search_term: 'harmless words' } },
  })
  expect(found.search_categories.room_events.results.map((one: any) => one.result.event_id)).toEqual([said])
  expect(town.chancery.messaging.searchReader.failedAt()).toBeUndefined()
})
