import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StartRefused, systemClock } from '#platform/api.ts'
import { DemoHouse } from '#testing/demo-house.ts'
import { roomPath } from '#testing/town-person.ts'
import { cannedReplies } from './citizens/agency.ts'
import { readMatter } from './citizens/matter-script.ts'
import { matters } from './citizens/matters.ts'
import { people } from './people.ts'
import { rooms } from './rooms/all.ts'
import { readScript } from './script.ts'

const dayMs = 86_400_000

describe('a filled demo', () => {
  let demo: DemoHouse

  beforeAll(async () => {
    demo = await DemoHouse.open()
    expect(await demo.prepare()).toBe(true)
  }, 120_000)
  afterAll(() => demo[Symbol.asyncDispose]())

  it('reads over HTTP like an agency that has worked here for months', async () => {
    await using server = await demo.serve()

    const elif = await server.signIn('elif')
    const sync = await elif.sync(undefined, { filter: JSON.stringify({ room: { timeline: { limit: 400 } } }) })
    const joined = Object.entries(sync.rooms?.join ?? {})
    expect(joined.length).toBeGreaterThan(8)
    expect(Object.keys(sync.rooms?.invite ?? {})).toHaveLength(1)
    const unread = joined.map(([, room]) => room.unread_notifications.notification_count as number)
    expect(unread.some((count) => count > 0)).toBe(true)
    expect(unread.some((count) => count === 0)).toBe(true)
    expect(joined.some(([, room]) => (room.unread_notifications.highlight_count as number) > 0)).toBe(true)

    const events = joined.flatMap(([, room]) => room.timeline.events as any[])
    const types = (type: string) => events.filter((event) => event.type === type)
    expect(types('m.reaction').length).toBeGreaterThan(50)
    expect(events.some((event) => event.unsigned?.['m.relations']?.['m.thread']?.count > 2)).toBe(true)
    expect(events.some((event) => event.unsigned?.['m.relations']?.['m.replace'] !== undefined)).toBe(true)
    expect(events.every((event) => event.origin_server_ts <= systemClock.nowMs())).toBe(true)

    for (const msgtype of ['m.image', 'm.file']) {
      const shared = types('m.room.message').find((event) => event.content.msgtype === msgtype)
      const path = (shared.content.url as string).replace('mxc://', '/_matrix/client/v1/media/download/')
      const file = await elif.call('GET', path)
      expect(file.status).toBe(200)
      expect(file.headers.get('content-type')).toContain(shared.content.info.mimetype)
      expect(Number(file.headers.get('content-length'))).toBe(shared.content.info.size)
    }
  })

  it('shows the administrator her people, and an invitation that is open', async () => {
    await using server = await demo.serve()
    const ruth = await server.signIn('ruth')
    expect((await ruth.ok('GET', '/api/v1/installation')).organisation).toBe('City of Port Averell')
    expect((await ruth.ok('GET', '/api/v1/accounts?limit=100')).people).toHaveLength(people.length)
    expect((await ruth.ok('GET', '/api/v1/invitations')).invitations).toMatchObject([{ state: 'open' }])
    const marisol = encodeURIComponent('@marisol:demo.example')
    expect(await ruth.ok('GET', `/profile/${marisol}`)).toMatchObject({ 'org.chancery.title': 'Duty lead' })
  })

  it('goes back four months, in the order of time, with what was removed gone', async () => {
    const { postgres } = demo.database
    const [spread] = await postgres.rows<{ first: number; last: number; count: number }>(
      'select min(origin_ts) as first, max(origin_ts) as last, count(*) as count from event',
    )
    expect(spread!.last - spread!.first).toBeGreaterThan(110 * dayMs)
    expect(spread!.count).toBeGreaterThan(1_500)
    expect(spread!.count).toBeLessThan(3_500)
    const backwards = await postgres.rows(
      `select 1 from (select origin_ts - lag(origin_ts) over (partition by room_id order by ordering) as step
                      from event where type = 'm.room.message') e where step < 0`,
    )
    expect(backwards).toHaveLength(0)
    expect((await postgres.rows('select 1 from event where redacted_by is not null')).length).toBeGreaterThan(2)
    expect((await postgres.rows('select 1 from account')).length).toBe(people.length)
  })

  it('has citizens, who wrote and were answered, in every state that a matter can be in', async () => {
    await using server = await demo.serve()
    const noor = await server.signIn('noor')
    const { queues } = await noor.ok('GET', '/api/v1/queues')
    expect(queues.map(({ key }: any) => key).sort()).toEqual(['permits', 'storm', 'streets'])
    expect(queues.every(({ open, unassigned }: any) => open > 0 && unassigned > 0)).toBe(true)
    const { conversations } = await noor.ok('GET', '/api/v1/conversations?state=open,waiting,closed')
    const states = conversations.map(({ state, assignee }: any) => `${state}${assignee === null ? '' : ', led'}`)
    expect(new Set(states)).toEqual(new Set(['open', 'open, led', 'waiting, led', 'closed']))
    const named = (name: string) => conversations.find((one: any) => one.name === name)
    expect(named('+15550100199')).toMatchObject({ personId: null, assignee: null })
    expect(named('Ivo Marković').assignee).toBe('@aroha:demo.example')
    expect(conversations.every(({ updatedMs }: any) => updatedMs <= systemClock.nowMs())).toBe(true)
    expect(systemClock.nowMs() - named('Bo Lund').openedMs).toBeGreaterThan(3 * dayMs)
    const aroha = await server.signIn('aroha')
    const notes = (await aroha.messages(named('Greta Holm').notesRoomId)).chunk.map((event: any) => event.content.body)
    expect(notes).toContainEqual(expect.stringContaining('two volunteers'))
    expect((await noor.ok('GET', '/api/v1/canned-replies')).replies).toHaveLength(cannedReplies.length)
    // What the desk says was sent, she has.
    const { world } = server.outside.simulator
    const texts = (address: string) => world.receivedBy(address).map((fact) => (fact as { text?: string }).text)
    expect(texts('+15550100102')).toEqual([
      expect.stringContaining('black bin or the green one?'),
      expect.stringContaining('on Wednesday before noon'),
      'With pleasure.',
      expect.stringContaining('paper and glass'),
      expect.stringContaining('storm tide tonight'),
    ])
    expect(texts('+15550100108')).toContainEqual(expect.stringContaining('Reply ONLY'))
  })

  it('is left as it is by a second start', async () => {
    const positions = () => demo.database.postgres.rows('select count(*) as events from event')
    const before = await positions()
    expect(await demo.prepare()).toBe(false)
    expect(await positions()).toEqual(before)
  })

  it('lets a newcomer text, answer, ask by mail and say STOP, and shows each of it', async () => {
    await using server = await demo.serve()
    const [noor, ruth] = [await server.signIn('noor'), await server.signIn('ruth')]
    const [phone, ana] = [`${server.outside.url}/phone`, '+15550100101']
    const soon = (look: () => unknown) => expect.poll(look, { interval: 20, timeout: 15_000 })
    const seen = async () => (await fetch(`${phone}?who=${encodeURIComponent(ana)}`)).text()
    const write = async (to: string, text: string, subject = '') => {
      const form = new URLSearchParams({ who: ana, to, text, subject })
      expect((await fetch(phone, { method: 'POST', body: form, redirect: 'manual' })).status).toBe(303)
    }
    const { queues } = await noor.ok('GET', '/api/v1/queues')
    const hers = async (queue: string) => {
      const { id } = queues.find(({ key }: any) => key === queue)
      const { conversations } = await noor.ok('GET', `/api/v1/conversations?queue=${id}`)
      return conversations.find(({ name }: any) => name === 'Ana Duarte')
    }

    await write('+15550001000', 'My bin was not emptied today.')
    await soon(async () => await hers('streets')).toMatchObject({ assignee: null, channel: 'sms', state: 'open' })
    const { id, roomId, personId } = await hers('streets')
    const taken = await noor.ok('POST', `/api/v1/conversations/${id}/take`, {})
    expect(taken).toMatchObject({ assignee: noor.id, way: { isOpen: true, channel: 'sms' } })
    await noor.say(roomId, 'The crew comes by again tomorrow.')
    await soon(seen).toContain('The crew comes by again tomorrow.')

    await write('desk@port-averell.example', 'May I also have a bigger one?', 'Bigger bin')
    await soon(async () => await hers('permits')).toMatchObject({ assignee: null, channel: 'mail', personId })
    const mail = await hers('permits')
    await noor.ok('POST', `/api/v1/conversations/${mail.id}/take`, {})
    await noor.say(mail.roomId, 'You may: 240 litres cost 4 a month.')
    await soon(seen).toMatch(/Re: Bigger bin.*You may: 240 litres/s)

    const { purposes } = await ruth.ok('GET', '/api/v1/purposes')
    const purposeId = purposes.find(({ key }: any) => key === 'collection').id
    const remind = () => ruth.call('POST', '/api/v1/sends', { body: { personId, purposeId, body: 'Glass tomorrow.' } })
    expect((await remind()).status).toBe(202)
    await soon(seen).toContain('Glass tomorrow.')
    await write('+15550001000', 'STOP')
    await soon(seen).toContain('Reply ONLY')
    const bodies = async () => (await noor.messages(roomId)).chunk.map((event: any) => event.content.body)
    await soon(bodies).toContain('She has said STOP to “Collection days”.')
    const refused = await remind()
    expect([refused.status, refused.json.error]).toEqual([
      409,
      { code: 'stopped', message: expect.stringMatching(/has said STOP/) },
    ])

    // Everything: what the desk answers leaves by her other way, and not by the one that she closed.
    await write('+15550001000', 'ALL')
    const way = async () => (await noor.ok('GET', `/api/v1/conversations/${id}`)).way
    await soon(way).toMatchObject({ isOpen: true, channel: 'mail' })
    const bySms = { msgtype: 'm.text', body: 'And glass?', 'chancery.send': { channel: 'sms' } }
    const no = await noor.call('PUT', `${roomPath(roomId)}/send/m.room.message/no`, { body: bySms })
    expect(no).toMatchObject({ status: 403, json: { reason: 'stopped', next_best: { channel: 'mail' } } })
    await noor.say(roomId, 'And glass?')
    await soon(seen).toMatch(/<i>Mail<\/i>[^<]*<time[^>]*>[^<]*<\/time>(?:(?!<li).)*And glass\?/s)
  })
})

describe('a data directory that cannot take the demo', () => {
  it('holds real accounts: refused, and nothing is changed', async () => {
    await using demo = await DemoHouse.open()
    const chancery = await demo.compose(systemClock)
    await chancery.identity.accounts.create({ username: 'somebody', password: 'a real password', role: 'owner' })
    await chancery.close()
    const refused = await demo.prepare().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StartRefused)
    expect(String(refused)).toContain('holds real accounts')
    expect(await demo.database.postgres.rows('select 1 from account')).toHaveLength(1)
    expect(await demo.database.postgres.rows('select 1 from installation_fact')).toHaveLength(0)
  })

  it('was interrupted: refused, because half a story is worse than none', async () => {
    await using demo = await DemoHouse.open()
    await demo.database.postgres.run(
      `insert into installation_fact (key, value) values ('demo', '{"state": "filling"}')`,
    )
    await expect(demo.prepare()).rejects.toThrow(/interrupted/)
  })
})

describe('scripts', () => {
  it('can all be read', () => {
    for (const room of rooms) expect(readScript(room.script).length).toBeGreaterThan(2)
  })

  it('of matters can be read as well', () => {
    for (const script of matters) expect(readMatter(script).length).toBeGreaterThan(0)
    expect(() => readMatter('== 0\n09:00 noor thinks')).toThrow(/Line 2/)
  })

  it('that make no sense are named by their line', () => {
    expect(() => readScript('== 3\nsomething')).toThrow(/Line 2/)
    expect(() => readScript('09:00 elif: too early')).toThrow(/Line 1/)
    expect(() => readScript('== 3\n09:00 elif: words\n  ? what')).toThrow(/Line 3/)
  })
})
