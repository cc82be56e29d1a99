import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StartRefused, silentLogger, systemClock, systemRandom } from '#platform/api.ts'
import { openDataDirectory, readConfig } from '#platform/index.ts'
import { testDatabase } from '#testing/database.ts'
import { startTown, type Town } from '#testing/town.ts'
import { type Answer, TownPerson } from '#testing/town-person.ts'
import { readCommandWords } from './command-words.ts'
import type { CommandAnswer, CommandWish } from './commands.ts'
import { readDuration } from './duration.ts'
import { operate } from './operate.ts'
import { askServer, listenForCommands } from './socket.ts'

const migrations = fileURLToPath(new URL('../migrations', import.meta.url))

function wishOf(line: string): CommandWish {
  const read = readCommandWords(line.split(' '))
  if ('wrong' in read) throw new Error(read.wrong)
  return read.wish
}

describe('a running server', () => {
  let town: Town
  let folder: string
  let socket: { close(): Promise<void> }
  beforeAll(async () => {
    town = await startTown({ registration: { mode: 'token', guests: false } })
    folder = await mkdtemp(join(tmpdir(), 'chancery-commands-'))
    const { chancery } = town
    socket = await listenForCommands({
      folder,
      chancery,
      serverName: 'town.example',
      clock: systemClock,
      logger: silentLogger,
    })
  })
  afterAll(async () => {
    await socket.close()
    expect(await readdir(folder)).toEqual([])
    expect(await askServer(folder, wishOf('token list'))).toBeUndefined()
    await rm(folder, { recursive: true })
    await town[Symbol.asyncDispose]()
  })

  async function ask(line: string): Promise<CommandAnswer> {
    const answer = await askServer(folder, wishOf(line))
    if (answer === undefined) throw new Error('nobody listens')
    return answer
  }
  const call = (token: string, method: string, path: string, body?: object): Promise<Answer> =>
    new TownPerson(() => town.url, { user_id: '', device_id: '', access_token: token }).call(method, path, { body })

  it('listens where its own user comes in and nobody else', async () => {
    expect((await stat(join(folder, 'socket'))).mode & 0o777).toBe(0o700)
    expect((await stat(join(folder, 'socket', 'commands.sock'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'commands'))).mode & 0o777).toBe(0o600)
  })

  it('makes, lists and revokes tokens of programs', async () => {
    const made = await ask('token create --scopes people.read,server.settings --ttl 2h --name=Nightly')
    expect(made).toMatchObject({ status: 0, out: [expect.stringMatching(/^cha_/)] })
    const token = made.out[0]!
    expect((await call(token, 'GET', '/api/v1/accounts')).status).toBe(200)
    expect((await call(token, 'GET', '/api/v1/reports')).status).toBe(403)
    const { out } = await ask('token list')
    expect(out).toEqual([
      expect.stringMatching(/^\S+\tpeople\.read,server\.settings\t.* UTC\t.* UTC\toperator\tNightly$/),
    ])
    expect(out.join()).not.toContain(token)
    expect(await ask(`token revoke ${out[0]!.split('\t')[0]}`)).toMatchObject({ status: 0 })
    expect((await call(token, 'GET', '/api/v1/accounts')).status).toBe(401)
  })

  it('makes words for registration, and they register', async () => {
    const made = await ask('registration-token create --token spring --uses 1 --ttl 7d')
    expect(made.out).toEqual(['spring'])
    const register = (auth: object) =>
      call('', 'POST', '/register', { username: 'eva', password: 'seven green boats ahead', auth })
    const { session } = (await register({})).json
    expect((await register({ type: 'm.login.registration_token', token: 'spring', session })).status).toBe(200)
    const { out } = await ask('registration-token list')
    expect(out).toEqual([expect.stringMatching(/^\S+\tspring\t1\/1\t.* UTC$/)])
    await ask(`registration-token delete ${out[0]!.split('\t')[0]}`)
    expect((await ask('registration-token list')).out).toEqual([])
  })

  it('lets a program sign in once as somebody', async () => {
    const bot = await town.person('bot')
    const { out } = await ask('login-token create bot --ttl 10m')
    const login = () => call('', 'POST', '/login', { type: 'm.login.token', token: out[0] })
    expect((await login()).json.user_id).toBe(bot.id)
    expect((await login()).status).toBe(403)
    expect((await ask(`login-token create ${bot.id}`)).status).toBe(0)
  })

  it('reads the chains of consent, names what is wrong, and derives anew what holds', async () => {
    const { agencies, people, purposes, consent } = town.chancery.engagement
    const agency = await agencies.create({ key: 'chained', name: 'Office' })
    await town.postgres.transaction(async (tx) => {
      const wordings = { en: 'We write to you.' }
      const purpose = await purposes.create(tx, {
        ...{ agencyId: agency.id, key: 'news', title: 'News', wordings },
        basis: 'consent',
      })
      const { id: personId } = await people.create(tx, { agencyId: agency.id, name: 'Ada', addresses: [] })
      const wish = { agencyId: agency.id, holder: { personId }, purposeId: purpose.id, source: 'api' } as const
      for (const act of ['grant', 'withdraw', 'grant'] as const) {
        await consent.record(tx, { ...wish, act, actor: { kind: 'system' } })
      }
    })
    const whole = await ask('consent verify')
    expect(whole).toMatchObject({ status: 0, err: [] })
    expect(whole.out).toContainEqual(expect.stringMatching(/^chained\twhole\t3\t[0-9a-f]{64}$/))
    const head = (await consent.verify(agency.id)).head
    expect((await ask(`consent verify --agency chained --kept ${head}`)).status).toBe(0)
    expect(await ask(`consent verify --agency chained --kept ${'0'.repeat(64)}`)).toMatchObject({ status: 1 })
    const where = `where agency_id = ${agency.id}`
    await town.postgres.run(`update consent_state set state = 'withdrawn' ${where}`)
    expect((await ask('consent verify --agency chained')).err).toEqual([expect.stringContaining('event 3')])
    expect(await ask('consent rebuild --agency chained')).toMatchObject({ status: 0, out: ['chained\trebuilt'] })
    expect((await ask('consent verify --agency chained')).status).toBe(0)
    await town.postgres.run(`update consent_event set act = 'grant' ${where} and seq = 2`)
    const wrong = ['chained: Event 2 was altered: what is readable of it.']
    expect((await ask('consent verify --agency chained')).err).toEqual(wrong)
    expect(await ask('consent rebuild --agency chained')).toMatchObject({ status: 1, out: ['chained\taltered'] })
  })

  it.each([
    ['consent verify --agency nowhere', /no agency nowhere\. .*main/],
    ['consent verify --kept 00', /--agency KEY/],
    ['consent verify --agency main --kept 00', /64 hexadecimal/],
    ['token create', /--scopes/],
    ['token create --scopes people.reed', /no scope people\.reed/],
    ['token create --scopes people.signIn', /no scope people\.signIn/],
    ['token create --scopes people.read --ttl soon', /--ttl 1h/],
    ['token create --scopes people.read --ttl 60w', /a year at most/],
    ['token create people.read', /Write: token create --scopes/],
    ['token revoke', /Write: token revoke ID/],
    ['token revoke nothing', /no such API token/],
    ['registration-token create --uses many', /--uses 1/],
    ['login-token create nobody', /no account @nobody:town\.example/],
    ['login-token create eva --ttl 2h', /an hour at most/],
  ])('refuses "%s" in a sentence', async (line, sentence) => {
    expect(await ask(line)).toMatchObject({ status: 1, out: [], err: [expect.stringMatching(sentence)] })
  })

  it('survives whoever sends something else, or too much', async () => {
    const send = (text: string) =>
      new Promise<string>((resolve) => {
        const client = createConnection({ path: join(folder, 'socket', 'commands.sock') })
        let said = ''
        client.on('data', (part) => {
          said += part
        })
        client.on('error', () => undefined)
        client.on('close', () => resolve(said))
        client.end(text)
      })
    expect(await send('what?')).toBe('')
    expect(await send('x'.repeat(200_000))).toBe('')
    for (const text of ['null', '[]', '{"name":"token list","words":[1],"options":{}}', '{"name":1}']) {
      expect([text, await send(text)]).toEqual([text, ''])
    }
    expect(await send('{"name":"constructor","words":[],"options":{}}')).toContain('no command')
    expect((await ask('token scopes')).out.join('\n')).toMatch(/^people\.read\t/)
  })
})

describe('without a server', () => {
  it('works on the data directory itself, and only on one that is there', async () => {
    const base = await mkdtemp(join(tmpdir(), 'chancery-operate-'))
    const database = await testDatabase()
    const folder = join(base, 'data')
    ;(await openDataDirectory({ folder, serverName: 'localhost' })).close()
    const { socketFolder, port, user, database: name } = database.address as { [key: string]: string }
    const url = `postgres://${user}@localhost/${name}?host=${encodeURIComponent(socketFolder!)}&port=${port}`
    const depsOf = (data: string) => ({
      config: readConfig({ argv: ['--data', data], env: { DATABASE_URL: url }, readFile: () => '' }).config,
      clock: systemClock,
      random: systemRandom,
      say: () => undefined,
      migrations,
    })
    // What a server that was killed left behind.
    await writeFile(join(folder, 'commands'), join(folder, 'socket', 'commands.sock'))
    const made = await operate(depsOf(folder), wishOf('token create --scopes people.read'))
    expect(made).toMatchObject({ status: 0, out: [expect.stringMatching(/^cha_/)] })
    expect((await operate(depsOf(folder), wishOf('token list'))).out).toHaveLength(1)
    await expect(operate(depsOf(join(base, 'mistyped')), wishOf('token list'))).rejects.toThrow(StartRefused)
    expect((await readdir(base)).sort()).toEqual(['data', 'data.key'])
    await database.dispose()
    await rm(base, { recursive: true })
  })
})

it('sorts words into those of the command and those of the configuration', () => {
  expect(readCommandWords(['token', 'create', '--data', 'd', '--ttl', '1h', '--scopes=a,b', '--port=1'])).toEqual({
    wish: { name: 'token create', words: [], options: { ttl: '1h', scopes: 'a,b' } },
    configWords: ['--data', 'd', '--port=1'],
  })
  expect(readCommandWords(['token', 'create', '--ttl'])).toEqual({ wrong: 'Nothing stands behind --ttl.' })
  expect(readCommandWords(['token'])).toHaveProperty('wrong')
  expect(['90s', '15m', '1h', '7d', '2w', '', '1', '-1h', '1.5h', '0h'].map(readDuration)).toEqual([
    90_000,
    900_000,
    3_600_000,
    604_800_000,
    1_209_600_000,
    ...[undefined, undefined, undefined, undefined, undefined],
  ])
})
