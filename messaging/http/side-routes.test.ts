import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

const serverName = 'town.example'

let town: Town

beforeAll(async () => {
  town = await startTown()
})

afterAll(() => town[Symbol.asyncDispose]())

type Answer = { status: number; body: any; headers: Headers; bytes: Buffer }

/** Somebody of the town who looks at whole answers: status, headers and bytes. */
class Person {
  readonly id: string
  readonly #person: TownPerson

  constructor(of: TownPerson) {
    this.id = of.id
    this.#person = of
  }

  get token(): string {
    return this.#person.token
  }

  async raw(
    method: string,
    path: string,
    more: { body?: string | Uint8Array; headers?: object } = {},
  ): Promise<Answer> {
    const response = await fetch(`${town.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...more.headers },
      ...(more.body !== undefined && { body: more.body as string }),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    const isJson = response.headers.get('content-type') === 'application/json'
    const body = isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined
    return { status: response.status, body, headers: response.headers, bytes }
  }

  ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    return this.raw(method, `/_matrix/client/v3${path}`, json)
  }

  /** The body of an answer that must be a good one. */
  get(method: string, path: string, body?: unknown): Promise<any> {
    return this.#person.ok(method, path, body)
  }

  async refusal(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.ask(method, path, body)
    return `${answer.status} ${answer.body?.errcode}`
  }
}

let count = 0

async function person(displayName = 'Somebody'): Promise<Person> {
  count += 1
  return new Person(await town.person(`p${count}`, { displayName }))
}

const enc = encodeURIComponent

async function room(of: Person, wish: object = {}, ...others: Person[]): Promise<string> {
  const { room_id } = await of.get('POST', '/createRoom', { preset: 'private_chat', ...wish })
  for (const other of others) {
    await of.get('POST', `/rooms/${enc(room_id)}/invite`, { user_id: other.id })
    await other.get('POST', `/rooms/${enc(room_id)}/join`, {})
  }
  return room_id
}

async function say(who: Person, roomId: string, body: string, more: object = {}): Promise<string> {
  count += 1
  const content = { msgtype: 'm.text', body, ...more }
  return (await who.get('PUT', `/rooms/${enc(roomId)}/send/m.room.message/t${count}`, content)).event_id
}

describe('what the server says of itself', () => {
  it('is told truthfully, to strangers only what they need', async () => {
    const ada = await person()
    const versions = await ada.raw('GET', '/_matrix/client/versions')
    expect(versions.body.versions).toEqual(expect.arrayContaining(['r0.6.1', 'v1.1', 'v1.13']))
    const wellKnown = await fetch(`${town.url}/.well-known/matrix/client`)
    expect(await wellKnown.json()).toEqual({ 'm.homeserver': { base_url: 'http://town.example' } })
    expect((await fetch(`${town.url}/_matrix/client/v3/capabilities`)).status).toBe(401)
    expect((await ada.get('GET', '/capabilities')).capabilities['m.room_versions'].default).toBe('12')
    expect(await ada.get('GET', '/voip/turnServer')).toEqual({})
    expect(await ada.get('GET', '/thirdparty/protocols')).toEqual({})
    expect(await ada.get('GET', '/notifications')).toEqual({ notifications: [] })
    expect(await ada.get('GET', `/presence/${enc(ada.id)}/status`)).toEqual({ presence: 'offline' })
    expect(await ada.get('PUT', `/presence/${enc(ada.id)}/status`, { presence: 'online' })).toEqual({})
  })
})

describe('filters', () => {
  it('are stored once, read back by their owner alone, and understood by sync', async () => {
    const [ada, ben] = [await person(), await person()]
    const path = `/user/${enc(ada.id)}/filter`
    const filter = { room: { timeline: { limit: 3 } }, __proto: 1 }
    const { filter_id } = await ada.get('POST', path, filter)
    expect(await ada.get('POST', path, filter)).toEqual({ filter_id })
    expect(await ada.get('GET', `${path}/${filter_id}`)).toEqual(filter)
    expect(await ben.refusal('GET', `${path}/${filter_id}`)).toBe('403 M_FORBIDDEN')
    expect(await ben.refusal('GET', `/user/${enc(ben.id)}/filter/${filter_id}`)).toBe('404 M_NOT_FOUND')
    expect(await ada.refusal('POST', path, { room: 3 })).toBe('400 M_BAD_JSON')
    expect(await ada.get('GET', `/sync?filter=${filter_id}`)).toHaveProperty('next_batch')
    expect(await ada.refusal('GET', '/sync?filter=999999')).toBe('400 M_INVALID_PARAM')
    expect(await ada.refusal('GET', `/sync?filter=${enc('{"room":')}`)).toBe('400 M_BAD_JSON')
  })
})

describe('profiles', () => {
  it('reach the rooms of their bearer, and can be read by signed-in people only', async () => {
    const [ada, ben] = [await person('Ada'), await person('Ben')]
    const roomId = await room(ada, {}, ben)
    const path = `/profile/${enc(ada.id)}`
    expect(await ben.get('GET', path)).toEqual({ displayname: 'Ada' })
    await ada.get('PUT', `${path}/displayname`, { displayname: 'Ada L.' })
    await ada.get('PUT', `${path}/org.example.team`, { 'org.example.team': { name: 'Engines' } })
    const member = await ben.get('GET', `/rooms/${enc(roomId)}/state/m.room.member/${enc(ada.id)}`)
    expect(member).toEqual({ displayname: 'Ada L.', membership: 'join' })
    expect(await ben.get('GET', `${path}/org.example.team`)).toEqual({ 'org.example.team': { name: 'Engines' } })
    await ada.get('DELETE', `${path}/org.example.team`)
    expect(await ben.refusal('GET', `${path}/org.example.team`)).toBe('404 M_NOT_FOUND')
    expect(await ben.refusal('PUT', `${path}/displayname`, { displayname: 'x' })).toBe('403 M_FORBIDDEN')
    expect(await ada.refusal('PUT', `${path}/nonsense`, { nonsense: 1 })).toBe('400 M_INVALID_PARAM')
    expect(await ada.refusal('PUT', `${path}/m.tz`, { 'm.tz': 'x'.repeat(70_000) })).toBe('400 M_PROFILE_TOO_LARGE')
    expect(await ada.refusal('GET', `/profile/${enc('@nobody:town.example')}`)).toBe('404 M_NOT_FOUND')
    expect((await fetch(`${town.url}/_matrix/client/v3${path}`)).status).toBe(401)
  })

  it('never bring a person back into a room that she left', async () => {
    const [ada, ben] = [await person('Ada'), await person('Ben')]
    const roomId = await room(ada, { preset: 'public_chat' }, ben)
    await ben.get('POST', `/rooms/${enc(roomId)}/leave`, {})
    await ben.get('PUT', `/profile/${enc(ben.id)}/displayname`, { displayname: 'Benjamin' })
    const member = await ada.get('GET', `/rooms/${enc(roomId)}/state/m.room.member/${enc(ben.id)}`)
    expect(member.membership).toBe('leave')
  })

  it('keep fields that are set at the same time', async () => {
    const ada = await person('Ada')
    const path = `/profile/${enc(ada.id)}`
    const fields = Array.from({ length: 8 }, (_, n) => `org.example.f${n}`)
    await Promise.all(fields.map((field) => ada.get('PUT', `${path}/${field}`, { [field]: true })))
    expect(Object.keys(await ada.get('GET', path)).sort()).toEqual(['displayname', ...fields])
  })
})

describe('account data and tags', () => {
  it('belong to one person and come with sync', async () => {
    const [ada, ben] = [await person(), await person()]
    const roomId = await room(ada)
    const user = `/user/${enc(ada.id)}`
    const inRoom = `${user}/rooms/${enc(roomId)}`
    await ada.get('PUT', `${user}/account_data/org.example.a`, { value: 1 })
    await ada.get('PUT', `${inRoom}/account_data/org.example.b`, { value: 2 })
    expect(await ada.get('GET', `${user}/account_data/org.example.a`)).toEqual({ value: 1 })
    expect(await ada.get('GET', `${inRoom}/account_data/org.example.b`)).toEqual({ value: 2 })
    const sync = await ada.get('GET', '/sync')
    expect(sync.account_data.events).toContainEqual({ type: 'org.example.a', content: { value: 1 } })
    expect(sync.account_data.events.map((event: any) => event.type)).toContain('m.push_rules')
    expect(await ben.refusal('GET', `${user}/account_data/org.example.a`)).toBe('403 M_FORBIDDEN')
    expect(await ada.refusal('GET', `${user}/account_data/org.example.c`)).toBe('404 M_NOT_FOUND')
    expect(await ada.refusal('PUT', `${user}/account_data/m.push_rules`, {})).toBe('405 M_BAD_JSON')
    expect(await ada.refusal('PUT', `${inRoom}/account_data/m.fully_read`, {})).toBe('405 M_BAD_JSON')
    expect(await ada.refusal('PUT', `${user}/account_data/a`, [1])).toBe('400 M_BAD_JSON')
    expect(await ada.refusal('PUT', `${user}/rooms/nowhere/account_data/a`, {})).toBe('400 M_INVALID_PARAM')
  })

  it('keep every tag of those that are set at the same time', async () => {
    const ada = await person()
    const path = `/user/${enc(ada.id)}/rooms/${enc(await room(ada))}/tags`
    await Promise.all(['a', 'b', 'u.c'].map((tag) => ada.get('PUT', `${path}/${tag}`, { order: 0.5 })))
    expect(Object.keys((await ada.get('GET', path)).tags).sort()).toEqual(['a', 'b', 'u.c'])
    await ada.get('DELETE', `${path}/a`)
    await ada.get('DELETE', `${path}/never`)
    expect(await ada.get('GET', path)).toEqual({ tags: { b: { order: 0.5 }, 'u.c': { order: 0.5 } } })
    expect(await ada.refusal('PUT', `${path}/d`, { order: 2 })).toBe('400 M_INVALID_PARAM')
    expect(await ada.refusal('PUT', `${path}/d`, { order: '1' })).toBe('400 M_BAD_JSON')
  })
})

describe('read positions and typing', () => {
  it('move forwards only, and are told to those whom they concern', async () => {
    const [ada, ben] = [await person(), await person()]
    const roomId = await room(ada, {}, ben)
    const path = `/rooms/${enc(roomId)}`
    const first = await say(ada, roomId, 'one')
    const second = await say(ada, roomId, 'two')
    await ben.get('POST', `${path}/read_markers`, { 'm.fully_read': second, 'm.read': second })
    await ben.get('POST', `${path}/receipt/m.fully_read/${enc(first)}`, {})
    const marker = await ben.get('GET', `/user/${enc(ben.id)}/rooms/${enc(roomId)}/account_data/m.fully_read`)
    expect(marker).toEqual({ event_id: second })
    const sync = await ada.get('GET', '/sync')
    const receipt = sync.rooms.join[roomId].ephemeral.events.find((event: any) => event.type === 'm.receipt')
    expect(receipt.content[second]['m.read']).toHaveProperty([ben.id])
    expect(await ben.refusal('POST', `${path}/receipt/m.read/${enc('$nothing')}`, {})).toBe('400 M_INVALID_PARAM')
    const unknown = `$${'a'.repeat(43)}`
    expect(await ben.refusal('POST', `${path}/receipt/m.read/${unknown}`, {})).toBe('404 M_NOT_FOUND')
    expect(await ben.refusal('POST', `${path}/receipt/m.other/${enc(first)}`, {})).toBe('400 M_INVALID_PARAM')
  })

  it('of threads belong to the thread', async () => {
    const ada = await person()
    const roomId = await room(ada)
    const root = await say(ada, roomId, 'root')
    const inThread = await say(ada, roomId, 'in it', { 'm.relates_to': { rel_type: 'm.thread', event_id: root } })
    const path = `/rooms/${enc(roomId)}/receipt/m.read`
    await ada.get('POST', `${path}/${enc(inThread)}`, { thread_id: root })
    await ada.get('POST', `${path}/${enc(root)}`, { thread_id: 'main' })
    expect(await ada.refusal('POST', `${path}/${enc(inThread)}`, { thread_id: 'main' })).toBe('400 M_INVALID_PARAM')
    expect(await ada.refusal('POST', `${path}/${enc(root)}`, { thread_id: '' })).toBe('400 M_INVALID_PARAM')
  })

  it('of typing end when they are told to', async () => {
    const [ada, ben] = [await person(), await person()]
    const roomId = await room(ada, {}, ben)
    const path = `/rooms/${enc(roomId)}/typing/${enc(ada.id)}`
    const { next_batch } = await ben.get('GET', '/sync')
    await ada.get('PUT', path, { typing: true, timeout: 20_000 })
    const sync = await ben.get('GET', `/sync?since=${enc(next_batch)}&timeout=2000`)
    expect(sync.rooms.join[roomId].ephemeral.events).toContainEqual({
      type: 'm.typing',
      content: { user_ids: [ada.id] },
    })
    await ada.get('PUT', path, { typing: false })
    expect(await ben.refusal('PUT', path, { typing: true })).toBe('403 M_FORBIDDEN')
  })
})

describe('push rules', () => {
  it('can be made, moved, turned off and removed', async () => {
    const ada = await person()
    const path = '/pushrules/global/override'
    const draft = { actions: ['notify'], conditions: [] }
    await ada.get('PUT', `${path}/a`, draft)
    await ada.get('PUT', `${path}/b?after=a`, draft)
    const own = async () =>
      (await ada.get('GET', '/pushrules/')).global.override
        .filter((rule: any) => !rule.default)
        .map((r: any) => r.rule_id)
    expect(await own()).toEqual(['a', 'b'])
    await ada.get('PUT', `${path}/.m.rule.master/enabled`, { enabled: true })
    expect(await ada.get('GET', `${path}/.m.rule.master/enabled`)).toEqual({ enabled: true })
    await ada.get('PUT', `${path}/a/actions`, { actions: [] })
    expect(await ada.get('GET', `${path}/a/actions`)).toEqual({ actions: [] })
    await ada.get('DELETE', `${path}/a`)
    expect(await own()).toEqual(['b'])
    expect(await ada.refusal('GET', `${path}/a`)).toBe('404 M_NOT_FOUND')
    expect(await ada.refusal('PUT', `${path}/.x`, draft)).toBe('400 M_INVALID_PARAM')
    expect(await ada.refusal('GET', '/pushrules/global/nonsense/a')).toBe('400 M_INVALID_PARAM')
    expect(await ada.get('GET', '/pushers')).toEqual({ pushers: [] })
    expect(await ada.refusal('POST', '/pushers/set', { kind: 'http' })).toBe('400 M_MISSING_PARAM')
  })
})

describe('directories', () => {
  it('lead from an address to a room, for those who may know of it', async () => {
    const [ada, ben, eve] = [await person(), await person(), await person()]
    const roomId = await room(ada, { room_alias_name: 'engines', preset: 'private_chat' }, ben)
    const alias = '#engines:town.example'
    const path = `/directory/room/${enc(alias)}`
    expect(await ben.get('GET', path)).toEqual({ room_id: roomId, servers: [serverName] })
    expect(await eve.refusal('GET', path)).toBe('404 M_NOT_FOUND')
    expect(await eve.refusal('DELETE', path)).toBe('404 M_NOT_FOUND')
    expect(await ben.refusal('DELETE', path)).toBe('403 M_FORBIDDEN')
    expect(await ben.refusal('PUT', path, { room_id: roomId })).toBe('409 M_UNKNOWN')
    expect(await eve.refusal('PUT', `/directory/room/${enc('#x:town.example')}`, { room_id: roomId })).toBe(
      '403 M_FORBIDDEN',
    )
    expect(await ada.refusal('PUT', `/directory/room/${enc('#x:other.test')}`, { room_id: roomId })).toBe(
      '400 M_INVALID_PARAM',
    )
    await ben.get('PUT', `/directory/room/${enc('#motors:town.example')}`, { room_id: roomId })
    expect(await ada.get('GET', `/rooms/${enc(roomId)}/aliases`)).toEqual({ aliases: [alias, '#motors:town.example'] })
    expect(await eve.refusal('GET', `/rooms/${enc(roomId)}/aliases`)).toBe('403 M_FORBIDDEN')
    await ada.get('DELETE', path)
    expect(await ada.refusal('GET', path)).toBe('404 M_NOT_FOUND')
  })

  it('list rooms for everybody, in pages and by words', async () => {
    const [ada, eve] = [await person(), await person()]
    const listed = await room(ada, { name: 'Straßenbau Süd', preset: 'public_chat', visibility: 'public' })
    const quiet = await room(ada, { name: 'Straßenbau Nord' })
    const search = (term: string) => eve.get('POST', '/publicRooms', { filter: { generic_search_term: term } })
    const found = await search('sud stra')
    expect(found.chunk).toMatchObject([{ room_id: listed, name: 'Straßenbau Süd', num_joined_members: 1 }])
    expect((await search('nord')).chunk).toEqual([])
    expect(await eve.refusal('GET', `/directory/list/room/${enc(quiet)}`)).toBe('404 M_NOT_FOUND')
    expect(await eve.refusal('PUT', `/directory/list/room/${enc(quiet)}`, { visibility: 'public' })).toBe(
      '403 M_FORBIDDEN',
    )
    await ada.get('PUT', `/directory/list/room/${enc(quiet)}`, { visibility: 'public' })
    expect(await eve.get('GET', `/directory/list/room/${enc(quiet)}`)).toEqual({ visibility: 'public' })
    const first = await eve.get('GET', '/publicRooms?limit=1')
    const second = await eve.get('GET', `/publicRooms?limit=1&since=${first.next_batch}`)
    expect([...first.chunk, ...second.chunk].map((entry: any) => entry.room_id).sort()).toEqual([listed, quiet].sort())
    expect(await eve.refusal('GET', '/publicRooms?since=x')).toBe('400 M_INVALID_PARAM')
  })

  it('find people by name', async () => {
    const [asker, zoe] = [await person('Asker'), await person('Zoë Quark')]
    const found = await asker.get('POST', '/user_directory/search', { search_term: 'zoe' })
    expect(found).toEqual({ results: [{ user_id: zoe.id, display_name: 'Zoë Quark' }], limited: false })
    expect(await asker.refusal('POST', '/user_directory/search', {})).toBe('400 M_BAD_JSON')
  })
})

describe('files', () => {
  const bytes = randomBytes(200_000)

  async function upload(who: Person, type: string, name: string, body: Uint8Array = bytes): Promise<string> {
    const path = `/_matrix/media/v3/upload?filename=${enc(name)}`
    const answer = await who.raw('POST', path, { body, headers: { 'content-type': type } })
    expect(answer.status, answer.bytes.toString()).toBe(200)
    return answer.body.content_uri.slice('mxc://'.length)
  }

  it('come back as they went in, whole and in ranges, under a name of choice', async () => {
    const ada = await person()
    const file = await upload(ada, 'image/png', 'Pläne.png')
    const path = `/_matrix/client/v1/media/download/${file}`
    const whole = await ada.raw('GET', path)
    expect(whole.bytes.equals(bytes)).toBe(true)
    expect(whole.headers.get('content-type')).toBe('image/png')
    expect(whole.headers.get('content-disposition')).toBe(
      `inline; filename="Pl_ne.png"; filename*=utf-8''Pl%C3%A4ne.png`,
    )
    expect(whole.headers.get('content-security-policy')).toContain('sandbox')
    expect(whole.headers.get('cache-control')).toContain('private')
    const part = await ada.raw('GET', path, { headers: { range: 'bytes=70000-140000' } })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe('bytes 70000-140000/200000')
    expect(part.bytes.equals(bytes.subarray(70_000, 140_001))).toBe(true)
    expect((await ada.raw('GET', path, { headers: { range: 'bytes=200000-' } })).status).toBe(416)
    const etag = whole.headers.get('etag') as string
    expect((await ada.raw('GET', path, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const named = await ada.raw('GET', `${path}/other.png`)
    expect(named.headers.get('content-disposition')).toBe('inline; filename=other.png')
  })

  it('that could run something are offered for saving only', async () => {
    const ada = await person()
    const file = await upload(ada, 'text/html', 'x.html', Buffer.from('<script>alert(1)</script>'))
    const answer = await ada.raw('GET', `/_matrix/client/v1/media/download/${file}`)
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename=x.html')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const thumbnail = await ada.raw('GET', `/_matrix/client/v1/media/thumbnail/${file}?width=32&height=32`)
    expect(`${thumbnail.status} ${thumbnail.body.errcode}`).toBe('400 M_UNKNOWN')
  })

  it('are given to nobody without a session, and never through the frozen endpoints', async () => {
    const ada = await person()
    const file = await upload(ada, 'image/png', 'a.png')
    expect((await fetch(`${town.url}/_matrix/client/v1/media/download/${file}`)).status).toBe(401)
    for (const kind of ['download', 'thumbnail']) {
      const frozen = await ada.raw('GET', `/_matrix/media/v3/${kind}/${file}?width=32&height=32`)
      expect(`${frozen.status} ${frozen.body.errcode}`).toBe('404 M_NOT_FOUND')
    }
    const id = file.split('/')[1] as string
    for (const path of [`other.test/${id}`, `${serverName}/${enc('../../secret')}`, `${serverName}/none`]) {
      expect((await ada.raw('GET', `/_matrix/client/v1/media/download/${path}`)).status, path).toBe(404)
    }
  })

  it('may be empty, and lie sealed with their names', async () => {
    const ada = await person()
    const file = await upload(ada, 'text/plain', 'empty.txt', new Uint8Array())
    expect((await ada.raw('GET', `/_matrix/client/v1/media/download/${file}`)).bytes.length).toBe(0)
    const rows = await town.postgres.rows<{ sealed: Buffer }>('select sealed from media')
    expect(rows.some((row) => row.sealed.includes('empty.txt'))).toBe(false)
  })

  const mediaCount = async () =>
    (await town.postgres.row<{ count: number }>('select count(*)::int as count from media'))?.count

  it('are refused when they say that they are too large', async () => {
    const ada = await person()
    const { 'm.upload.size': sizeMax } = (await ada.raw('GET', '/_matrix/client/v1/media/config')).body
    const before = await mediaCount()
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { authorization: `Bearer ${ada.token}`, 'content-length': String(sizeMax + 1) }
      const upload = request(`${town.url}/_matrix/media/v3/upload`, { method: 'POST', headers }, (response) => {
        response.setEncoding('utf8').once('data', (text: string) => {
          resolve(`${response.statusCode} ${JSON.parse(text).errcode}`)
          upload.destroy()
        })
      })
      upload.on('error', reject).write('the first bytes of many')
    })
    expect(answer).toBe('413 M_TOO_LARGE')
    expect(await mediaCount()).toBe(before)
  })

  it('leave nothing when the sender breaks off', async () => {
    const ada = await person()
    const before = await mediaCount()
    const headers = { authorization: `Bearer ${ada.token}`, 'content-length': '1000000' }
    const broken = request(`${town.url}/_matrix/media/v3/upload`, { method: 'POST', headers })
    broken.on('error', () => undefined)
    await new Promise<void>((resolve) => broken.write(randomBytes(300_000), () => resolve()))
    broken.destroy()
    // What comes after the broken one is stored, so the broken one is done with by then or never was.
    await upload(ada, 'text/plain', 'after.txt', Buffer.from('x'))
    expect(await mediaCount()).toBe((before ?? 0) + 1)
  })

  it('that were altered on the server are refused in words, and the others stay readable', async () => {
    const ada = await person()
    const [good, bad] = [await upload(ada, 'image/png', 'a.png'), await upload(ada, 'image/png', 'b.png')]
    const idOf = (file: string) => file.split('/')[1]
    await town.postgres.run(
      'update media m set blob_id = o.blob_id, blob_key_id = o.blob_key_id from media o where o.id = $1 and m.id = $2',
      [idOf(good), idOf(bad)],
    )
    const answer = await ada.raw('GET', `/_matrix/client/v1/media/download/${bad}`)
    expect(`${answer.status} ${answer.body.errcode}`).toBe('500 CHANCERY_UNREADABLE')
    expect((await ada.raw('GET', `/_matrix/client/v1/media/download/${good}`)).bytes.equals(bytes)).toBe(true)
    await town.postgres.run(`update media set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where id = $1`, [
      idOf(good),
    ])
    const sealed = await ada.raw('GET', `/_matrix/client/v1/media/download/${good}`)
    expect(`${sealed.status} ${sealed.body.errcode}`).toBe('500 CHANCERY_UNREADABLE')
  })
})
