import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clock, StartRefused, silentLogger, systemClock, systemRandom } from '#platform/api.ts'
import { createHttp } from '#platform/index.ts'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { TownPerson } from '#testing/town-person.ts'
import { type Chancery, composeChancery } from '../composition/platform.ts'
import { demoPassword, people } from './people.ts'
import { prepareDemo } from './prepare-demo.ts'
import { rooms } from './rooms/all.ts'
import { readScript } from './script.ts'

const serverName = 'demo.example'
const dayMs = 86_400_000

/** A data directory and a way to start on it. */
async function house() {
  const database = await testDatabase({ poolSize: 8 })
  const folder = await mkdtemp(join(tmpdir(), 'chancery-demo-'))
  const compose = (clock: Clock) => composeHouse(database, folder, clock)
  const said: string[] = []
  const prepare = () =>
    prepareDemo({ db: database.postgres, clock: systemClock, serverName, say: (line) => said.push(line), compose })
  return {
    database,
    compose,
    prepare,
    said,
    async [Symbol.asyncDispose]() {
      await database.dispose()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function composeHouse(database: TestDatabase, folder: string, clock: Clock): Promise<Chancery> {
  return composeChancery({
    postgres: database.postgres,
    masterKey: Buffer.alloc(32, 9),
    blobFolder: join(folder, 'blobs'),
    clock,
    random: systemRandom,
    logger: silentLogger,
    settings: {
      serverName,
      publicUrl: 'http://demo.example',
      version: '0.0.0',
      isDemo: true,
      passwordHashing: 'cheap',
      rateLimits: false,
    },
  })
}

async function serve(chancery: Chancery) {
  const http = createHttp({
    gate: chancery.identity.gate,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    rateLimits: false,
    checkAnswers: true,
  })
  http.add(chancery.identity.routes)
  http.add(chancery.messaging.routes)
  const { port } = await http.listen('127.0.0.1', 0)
  const url = `http://127.0.0.1:${port}`
  return {
    signIn: (username: string) => TownPerson.signIn(() => url, username, demoPassword),
    async [Symbol.asyncDispose]() {
      await http.close()
      await chancery.close()
    },
  }
}

describe('a filled demo', () => {
  let demo: Awaited<ReturnType<typeof house>>

  beforeAll(async () => {
    demo = await house()
    expect(await demo.prepare()).toBe(true)
  }, 120_000)
  afterAll(() => demo[Symbol.asyncDispose]())

  it('reads over HTTP like an agency that has worked here for months', async () => {
    await using server = await serve(await demo.compose(systemClock))

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
    await using server = await serve(await demo.compose(systemClock))
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

  it('is left as it is by a second start', async () => {
    const positions = () => demo.database.postgres.rows('select count(*) as events from event')
    const before = await positions()
    expect(await demo.prepare()).toBe(false)
    expect(await positions()).toEqual(before)
  })
})

describe('a data directory that cannot take the demo', () => {
  it('holds real accounts: refused, and nothing is changed', async () => {
    await using demo = await house()
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
    await using demo = await house()
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

  it('that make no sense are named by their line', () => {
    expect(() => readScript('== 3\nsomething')).toThrow(/Line 2/)
    expect(() => readScript('09:00 elif: too early')).toThrow(/Line 1/)
    expect(() => readScript('== 3\n09:00 elif: words\n  ? what')).toThrow(/Line 3/)
  })
})
