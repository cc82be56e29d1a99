import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Route } from '#platform/api.ts'
import { CitizenOffice, officeNumber } from '#testing/citizen-office.ts'
import type { Answer, TownPerson } from '#testing/town-person.ts'

const number = '+4915200088776'
/** What is hers, in any answer; her number also where a program groups its digits. */
const hers = /canary|152\D?000\D?88776|0008877/i
const enc = encodeURIComponent
const until = (how: string, look: () => Promise<boolean>) =>
  vi.waitFor(async () => expect([how, await look()]).toEqual([how, true]), { interval: 20, timeout: 20_000 })

let office: CitizenOffice
let clerk: TownPerson
let strangers: TownPerson[]
let person: string
/** Ids of everything that the agency has to do with her, by what they are ids of. */
let ids: Readonly<Record<string, readonly string[]>>

beforeAll(async () => {
  office = await CitizenOffice.open({ rateLimits: false })
  clerk = office.clerk
  await clerk.ok('PATCH', '/api/v1/agencies/main', { country: 'DE' })
  await lead(await office.purpose('reminders'))
  await clerk.ok('POST', '/api/v1/agencies', { key: 'other', name: 'Other', country: 'DE' })
  await clerk.ok('DELETE', `/api/v1/agencies/other/staff/${enc(clerk.id)}`)
  const [owner, member] = [await office.town.person('owner', { role: 'owner' }), await office.town.person('member')]
  strangers = [owner, member]
  for (const who of strangers) await clerk.call('PUT', `/api/v1/agencies/other/staff/${enc(who.id)}`)
  // They know her number too, and nothing else.
  const addresses = [{ kind: 'sms', value: number, verified: true }]
  await owner.ok('POST', '/api/v1/people', { agency: 'other', name: 'Somebody', addresses })
  ids = await allIds()
}, 60_000)
afterAll(() => office[Symbol.asyncDispose]())

/** She and the agency do whatever there is to do. */
async function lead(purposeId: string): Promise<void> {
  person = await office.citizen(number, [purposeId], { name: 'Canary Name', otherNames: ['Canary'] })
  const post = (path: string, body: object) => clerk.ok('POST', `/api/v1/${path}`, body)
  await post('sends', { personId: person, purposeId, body: 'canary send' })
  await post('sends', { personId: person, purposeId, body: 'canary inbox', sensitivity: 'sensitive' })
  await post(`people/${person}/openings`, { reason: 'canary reason' })
  await post(`people/${person}/consents`, { purposeId, act: 'grant', proof: { note: 'canary proof' } })
  const { id: other } = await post('people', { agency: 'main', name: 'Canary Other', addresses: [] })
  await post(`people/${person}/merge`, { absorb: other })
  const media = [{ type: 'text/plain', base64: Buffer.from('canary file').toString('base64') }]
  await office.simulator.ask('POST', '/simulator/texts', { from: number, to: officeNumber, text: 'canary text', media })
  const list = () => clerk.ok('GET', '/api/v1/conversations').then(({ conversations }) => conversations)
  await until('a conversation', async () => (await list()).length === 1)
  const [conversation] = await list()
  await post(`conversations/${conversation.id}/take`, {})
  const { content_uri: url } = (
    await clerk.call('POST', '/_matrix/media/v3/upload?filename=canary.txt', {
      raw: 'canary note file',
      headers: { 'content-type': 'text/plain' },
    })
  ).json
  await clerk.send(conversation.notesRoomId, 'm.room.message', { msgtype: 'm.file', body: 'canary.txt', url })
  await clerk.say(conversation.notesRoomId, 'canary note')
  await clerk.say(conversation.roomId, 'canary reply')
  const texts = { en: 'Dear {{ person.name }}' }
  await post('canned-replies', { agency: 'main', key: 'canned', title: 'Canned', texts })
  await until('files are kept', async () => (await filesOfRooms()).length === 2)
}

const column = async (statement: string) =>
  (await office.town.postgres.rows<{ id: string }>(statement)).map(({ id }) => id)
const filesOfRooms = () => column('select id from media where room_id is not null')

async function allIds(): Promise<Record<string, string[]>> {
  const ofMain = `agency_id = (select id from agency where key = 'main')`
  const tables = ['person', 'address', 'purpose', 'send', 'attempt', 'inbox_message', 'consent_event', 'conversation']
  const more = ['person_merge', 'queue', 'canned_reply']
  const found: Record<string, string[]> = {}
  for (const table of [...tables, ...more]) {
    found[table] = await column(`select public_id as id from "${table}" where ${ofMain}`)
  }
  const rooms = `select room_id from conversation union select notes_room_id from conversation union select room_id from queue`
  found.room = await column(`select matrix_id as id from room where id in (${rooms})`)
  found.event = await column(`select matrix_id as id from event where room_id in (${rooms}) order by id desc limit 12`)
  found.user = await column(`select matrix_id as id from users where matrix_id like '@c-%' or matrix_id like '@desk:%'`)
  found.media = await filesOfRooms()
  return found
}

const of = (...kinds: string[]) => kinds.flatMap((kind) => ids[kind] ?? [])

/** Values that a parameter of a path may have, so that it means something of hers. */
function valuesOf(name: string, path: string): readonly string[] {
  switch (name) {
    case 'roomId':
    case 'roomIdOrAlias':
    case 'room':
      return of('room')
    case 'eventId':
      return path.startsWith('/api/') ? of('consent_event') : of('event')
    case 'userId':
      return of('user')
    case 'mediaId':
      return of('media')
    case 'serverName':
      return ['town.example']
    case 'agency':
    case 'key':
      return ['main']
    case 'addressId':
      return of('address')
    case 'mergeId':
      return of('person_merge')
    case 'reply':
      return of('canned_reply')
    case 'id':
      return [
        ...of('person', 'address', 'send', 'conversation', 'queue', 'purpose'),
        ...of('canned_reply', 'inbox_message'),
      ]
    case 'eventType':
      return ['m.room.message', 'm.room.member']
    case 'stateKey':
      return ['', ...of('user')]
    default:
      return ['x', ...of('attempt').slice(0, 2)]
  }
}

/** Every path that the route can be asked at, within reason: parameters that are bound to each other take turns together. */
function pathsOf(path: string): string[] {
  let paths = [path]
  for (const [, name = ''] of path.matchAll(/:(\w+)/g)) {
    const values = valuesOf(name, path)
    paths = paths.flatMap((one) => values.map((value) => one.replace(`:${name}`, enc(value)))).slice(0, 40)
  }
  return paths
}

/** A body that means her, whatever the route wants to know. */
function bodyOf(who: TownPerson): object {
  const [first = ''] = of('person')
  return {
    ...{ personId: first, purposeId: of('purpose')[0], addressId: of('address')[0], absorb: of('person')[1] ?? first },
    ...{
      addresses: of('address'),
      agency: 'main',
      body: 'x',
      text: 'x',
      name: 'x',
      reason: 'because',
      word: 'long enough',
    },
    ...{
      scope: 'agency',
      act: 'withdraw',
      code: '123456',
      to: who.id,
      user_id: who.id,
      title: 'x',
      texts: { en: 'x' },
    },
    ...{ search_term: 'reply', room_id: of('room')[0], limit: 50, msgtype: 'm.text', key: 'x', note: 'x' },
    search_categories: { room_events: { search_term: 'reply', filter: { rooms: of('room') } } },
    membership: 'join',
    state: 'closed',
  }
}

const unsafe = /logout|deactivate|delete_devices|password|staff|erase-account|\/sync$|account\/3pid|restart/i

async function ask(who: TownPerson, route: Route, path: string): Promise<Answer> {
  const hasBody = route.method !== 'GET' && route.method !== 'DELETE'
  const query = route.method === 'GET' ? `?agency=main&limit=50&dir=b&q=reply&name=name&address=${enc(number)}` : ''
  return who.call(route.method, path + query, hasBody ? { body: bodyOf(who) } : {})
}

describe('the staff of another agency, who know every id of hers and her number', () => {
  /** What the agency itself knows of her, to see that nothing was changed. */
  const known = async () => {
    const [shown, consents, sends] = [
      await clerk.ok('GET', `/api/v1/people/${person}`),
      await clerk.ok('GET', `/api/v1/people/${person}/consents`),
      await office.town.postgres.rows('select public_id from send order by id'),
    ]
    const { conversations } = await clerk.ok('GET', '/api/v1/conversations')
    const room = await clerk.ok('GET', `/rooms/${enc(conversations[0].roomId)}/joined_members`)
    return JSON.stringify([shown, consents, sends, conversations, Object.keys(room.joined).sort()])
  }

  it('are told nothing of her and change nothing of hers, by any route', { timeout: 120_000 }, async () => {
    const before = await known()
    let asked = 0
    const told = new Set<string>()
    for (const who of strangers) {
      for (const route of office.town.http.routes()) {
        const path = [route.path].flat()[0] ?? ''
        if (unsafe.test(path)) continue
        for (const one of pathsOf(path)) {
          const answer = await ask(who, route, one)
          asked += 1
          if (hers.test(answer.text)) told.add(`${route.operation} ${one}: ${answer.text.slice(0, 300)}`)
          if (answer.status >= 500) told.add(`${route.operation} ${one}: ${answer.status}`)
        }
      }
    }
    expect([...told]).toEqual([])
    expect(asked).toBeGreaterThan(800)
    expect(await known()).toBe(before)
  })

  it('find nothing of her by syncing and searching', async () => {
    for (const who of strangers) {
      expect(JSON.stringify(await who.sync(undefined, { full_state: 'true' }))).not.toMatch(hers)
      const lists = { all: { ranges: [[0, 50]], timeline_limit: 20, required_state: [['*', '*']] } }
      expect(JSON.stringify(await who.sliding({ lists }))).not.toMatch(hers)
      for (const body of [
        { name: 'canary' },
        { name: 'canary', agency: 'main' },
        { address: number, agency: 'main' },
      ]) {
        expect((await who.call('POST', '/api/v1/people/search', { body })).text).not.toMatch(hers)
      }
      for (const term of ['canary', ids.user?.[0] ?? '']) {
        const found = await who.call('POST', '/user_directory/search', { body: { search_term: term } })
        expect(found.json.results ?? []).toEqual([])
      }
    }
  })

  it('know somebody by the same number, and of her not even that she is known elsewhere', async () => {
    const [owner] = strangers as [TownPerson]
    const found = await owner.ok('POST', '/api/v1/people/search', { agency: 'other', address: number })
    expect(found.people.map(({ name }: { name: string }) => name)).toEqual(['Somebody'])
    const exported = await owner.ok('GET', `/api/v1/people/${found.people[0].id}/export`)
    expect(JSON.stringify(exported).replaceAll(number, '')).not.toMatch(hers)
  })
})

it('files of hers are read by who is in her conversation', async () => {
  const read = (who: TownPerson, id: string) => who.call('GET', `/_matrix/client/v1/media/download/town.example/${id}`)
  const files = await Promise.all((ids.media ?? []).map(async (id) => (await read(clerk, id)).text))
  expect(files.sort()).toEqual(['canary file', 'canary note file'])
})
