import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccess } from '#access/index.ts'
import { type HttpServer, limits, type RouteRequest, systemRandom as random, type Vault } from '#platform/api.ts'
import { createHttp, createVault } from '#platform/index.ts'
import { type TestDatabase, testDatabase } from '#testing/database.ts'
import { quietLog } from '#testing/quiet-log.ts'
import { createIdentity, createUserDirectory, type Identity } from './index.ts'

let passedMs = 0
const clock = { nowMs: () => 1_700_000_000_000 + passedMs, sleep: async () => undefined }
const dayMs = 24 * 60 * 60_000
const sharedSecret = 'between us'
const ownerPassword = 'drei grüne Boote am See'

let database: TestDatabase
let vault: Vault
let directory: ReturnType<typeof createUserDirectory>
let identity: Identity
let http: HttpServer
let url: string
const names = new Map<number, string>()

const access = createAccess({
  facts: {
    exists: () => false,
    membership: () => undefined,
    memberships: () => new Map(),
    membershipsVersion: () => 0,
    joinRule: () => 'invite',
    historyVisibility: () => 'shared',
    isOfNotices: () => false,
    admitsGuests: () => false,
  },
})

function identityWith(passwordHashing: 'strong' | 'cheap'): Identity {
  return createIdentity({
    db: database.postgres,
    vault,
    clock,
    random,
    log: quietLog,
    limits,
    directory,
    access,
    profiles: {
      setDisplayName: async (userId, name) => void names.set(userId, name),
      displayName: async (userId) => names.get(userId),
      displayNames: async () => names,
    },
    settings: {
      serverName: 'test',
      publicUrl: 'http://localhost:8008',
      version: '1.2.3',
      isDemo: false,
      registrationSharedSecret: sharedSecret,
      passwordHashing,
      rateLimits: false,
    },
  })
}

beforeAll(async () => {
  database = await testDatabase({ poolSize: 8 })
  const db = database.postgres
  vault = await createVault({ db, masterKey: randomBytes(32), random, clock })
  const deviceLists = { changed: async () => ({ announce: () => undefined }) }
  directory = createUserDirectory({ db, vault, clock, random, serverName: 'test', deviceLists, log: quietLog, limits })
  identity = identityWith('cheap')
  http = createHttp({ gate: identity.gate, rateLimits: false, checkAnswers: true })
  http.add(identity.routes)
  const { port } = await http.listen('127.0.0.1', 0)
  url = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await http.close()
  await vault.close()
  await database.dispose()
})

type Answer = { status: number; json: any }
type Session = { user_id: string; access_token: string; device_id: string }

async function call(method: string, path: string, more: { token?: string; body?: unknown } = {}): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(more.token !== undefined && { authorization: `Bearer ${more.token}` }),
      ...(more.body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(more.body !== undefined && { body: JSON.stringify(more.body) }),
  })
  return { status: response.status, json: await response.json() }
}

async function ok(method: string, path: string, more: { token?: string; body?: unknown } = {}): Promise<any> {
  const { status, json } = await call(method, path, more)
  expect([status, json]).toEqual([200, json])
  return json
}

const whoami = (token: string) => call('GET', '/_matrix/client/v3/account/whoami', { token })

async function registerByAutomation(username: string, isAdmin = false, more: Record<string, unknown> = {}) {
  const { nonce } = await ok('GET', '/_synapse/admin/v1/register')
  const password = `Correct-horse-${username}`
  const text = [nonce, username, password, isAdmin ? 'admin' : 'notadmin'].join('\0')
  const mac = createHmac('sha1', sharedSecret).update(text).digest('hex')
  return call('POST', '/_synapse/admin/v1/register', {
    body: { nonce, username, password, mac, admin: isAdmin, ...more },
  })
}
const person = async (username: string, isAdmin = false): Promise<Session> =>
  (await registerByAutomation(username, isAdmin)).json

const login = (user: string, password: string, more: Record<string, unknown> = {}) =>
  call('POST', '/_matrix/client/v3/login', {
    body: { type: 'm.login.password', identifier: { type: 'm.id.user', user }, password, ...more },
  })

/** Does what needs a password: asks, is challenged, and proves it in the session that it was given. */
async function prove(method: string, path: string, token: string, password: string, body: object = {}) {
  const challenge = await call(method, path, { token, body })
  expect(challenge.status).toBe(401)
  expect(challenge.json.flows).toEqual([{ stages: ['m.login.password'] }])
  const auth = { type: 'm.login.password', session: challenge.json.session, password }
  return call(method, path, { token, body: { ...body, auth } })
}

describe('set-up', () => {
  it('makes the owner through the newest link, once', async () => {
    const old = (await identity.setup.ensureLink())!
    const token = (await identity.setup.ensureLink())!
    const before = { organisation: 'test', server_name: 'test', version: '1.2.3', demo: false, set_up: false }
    expect(await ok('GET', '/api/v1/installation')).toEqual(before)
    expect((await call('POST', '/api/v1/setup/check', { body: { token: old } })).json.errcode).toBe('M_NOT_FOUND')
    expect(await ok('POST', '/api/v1/setup/check', { body: { token } })).toEqual({ valid: true })
    const wish = {
      token,
      username: 'olga',
      password: ownerPassword,
      display_name: 'Olga Owner',
      organisation: 'Ministry of Words',
    }
    const weak = await call('POST', '/api/v1/setup', { body: { ...wish, password: 'short' } })
    expect(weak).toMatchObject({ status: 400, json: { errcode: 'M_WEAK_PASSWORD' } })
    const both = await Promise.all(
      [1, 2].map((n) => call('POST', '/api/v1/setup', { body: { ...wish, username: `olga${n}` } })),
    )
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 404])
    const owner = both.find((answer) => answer.status === 200)!.json
    const { user_id, device_id, access_token } = owner
    expect((await whoami(access_token)).json).toEqual({ user_id, device_id, is_guest: false })
    expect(await identity.setup.ensureLink()).toBeUndefined()
    expect(await ok('GET', '/api/v1/installation')).toMatchObject({ organisation: 'Ministry of Words', set_up: true })
    expect([...names.values()]).toContain('Olga Owner')
    const deactivation = await prove('POST', '/_matrix/client/v3/account/deactivate', owner.access_token, ownerPassword)
    expect(deactivation).toMatchObject({ status: 403, json: { errcode: 'M_FORBIDDEN' } })
  })
})

describe('sign-in', () => {
  it('takes name or Matrix id in any case, and the older form', async () => {
    await person('ada')
    for (const user of ['ada', 'Ada', '@ada:test']) {
      expect((await login(user, 'Correct-horse-ada')).json).toMatchObject({ user_id: '@ada:test', home_server: 'test' })
    }
    const older = { type: 'm.login.password', user: 'ada', password: 'Correct-horse-ada' }
    expect((await call('POST', '/_matrix/client/r0/login', { body: older })).status).toBe(200)
    expect((await ok('GET', '/_matrix/client/v3/login')).flows[0]).toEqual({ type: 'm.login.password' })
  })

  it('says the same for a wrong password, an unknown person and a name that can be nobody', async () => {
    await person('bert')
    const wrong = await login('bert', 'wrong')
    expect(wrong).toMatchObject({ status: 403, json: { errcode: 'M_FORBIDDEN' } })
    expect(await login('nobody', 'wrong')).toEqual(wrong)
    expect(await login('no body at all', 'wrong')).toEqual(wrong)
    expect(await login('@bert:elsewhere.example', 'Correct-horse-bert')).toEqual(wrong)
  })

  it('refuses what it cannot read', async () => {
    const bodies = [
      {},
      { type: 'nonsense' },
      { type: 'm.login.password', password: 'x' },
      { type: 'm.login.password', identifier: { type: 'm.id.user', user: { $ne: 1 } }, password: ['x'] },
      { type: 'm.login.password', identifier: { type: 'm.id.thirdparty', address: 'a@b' }, password: 'x' },
      { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'a\0b' }, password: '\0' },
    ]
    for (const body of bodies) {
      const { status, json } = await call('POST', '/_matrix/client/v3/login', { body })
      expect([400, 403]).toContain(status)
      expect(json.errcode).toMatch(/^M_/)
    }
  })

  it('takes a device over that is signed in again, and ends its old token', async () => {
    await person('carla')
    const named = { device_id: 'PHONE', initial_device_display_name: 'Phone of Carla' }
    const first = (await login('carla', 'Correct-horse-carla', named)).json
    const ended: number[] = []
    const unlisten = identity.events.onSessionEnded((sessionId) => ended.push(sessionId))
    await whoami(first.access_token)
    const again = { device_id: 'PHONE', initial_device_display_name: 'Another name' }
    const second = (await login('carla', 'Correct-horse-carla', again)).json
    unlisten()
    expect(ended).toHaveLength(1)
    expect(second.device_id).toBe('PHONE')
    expect(await whoami(first.access_token)).toMatchObject({
      status: 401,
      json: { errcode: 'M_UNKNOWN_TOKEN', soft_logout: false },
    })
    const device = await ok('GET', '/_matrix/client/v3/devices/PHONE', { token: second.access_token })
    expect(device.display_name).toBe('Phone of Carla')
  })

  it('asks for a token where one is needed', async () => {
    const without = await call('GET', '/_matrix/client/v3/account/whoami')
    expect(without).toMatchObject({ status: 401, json: { errcode: 'M_MISSING_TOKEN' } })
    for (const token of ['nonsense', `chy_${'a'.repeat(49)}`]) {
      expect((await whoami(token)).json).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: false })
    }
  })

  it('is for invited people only, and gives no refresh tokens', async () => {
    expect((await call('POST', '/_matrix/client/v3/register', { body: {} })).json).toMatchObject({
      errcode: 'M_FORBIDDEN',
    })
    const refresh = await call('POST', '/_matrix/client/v3/refresh', { body: { refresh_token: 'x' } })
    expect(refresh).toMatchObject({ status: 401, json: { errcode: 'M_UNKNOWN_TOKEN' } })
    const available = '/_matrix/client/v3/register/available?username='
    expect((await call('GET', `${available}ada`)).json.errcode).toBe('M_USER_IN_USE')
    expect((await call('GET', `${available}A%20B`)).json.errcode).toBe('M_INVALID_USERNAME')
    expect(await ok('GET', `${available}zoe`)).toEqual({ available: true })
  })

  it('hashes a password anew when its hash has become too weak', async () => {
    await person('dora')
    const read = `select password_hash as hash from account join users on id = user_id where matrix_id = '@dora:test'`
    const hash = async () => (await database.postgres.row<{ hash: string }>(read))!.hash
    const weak = await hash()
    expect((await login('dora', 'Correct-horse-dora')).status).toBe(200)
    expect(await hash()).toBe(weak)
    const strong = identityWith('strong').routes.find((route) => route.operation === 'login')!
    const body = { type: 'm.login.password', user: 'dora', password: 'Correct-horse-dora' }
    await strong.handle({ body, ip: '127.0.0.1' } as RouteRequest)
    expect(await hash()).toContain('$m=19456,t=2,p=1$')
    expect((await login('dora', 'Correct-horse-dora')).status).toBe(200)
  })
})

describe('signing out', () => {
  it('ends the token and forgets the device, here and everywhere', async () => {
    const first = await person('emil')
    const second = (await login('emil', 'Correct-horse-emil')).json as Session
    const third = (await login('emil', 'Correct-horse-emil')).json as Session
    await ok('POST', '/_matrix/client/v3/logout', { token: first.access_token, body: {} })
    expect((await whoami(first.access_token)).status).toBe(401)
    const { devices } = await ok('GET', '/_matrix/client/v3/devices', { token: second.access_token })
    expect(devices.map((device: any) => device.device_id).sort()).toEqual([second.device_id, third.device_id].sort())
    await ok('POST', '/_matrix/client/v3/logout/all', { token: second.access_token })
    expect((await whoami(second.access_token)).status).toBe(401)
    expect((await whoami(third.access_token)).status).toBe(401)
  })

  it('never leaves a session alive that ended while it was looked up', async () => {
    for (let round = 0; round < 20; round++) {
      const session = (await login('emil', 'Correct-horse-emil')).json as Session
      await Promise.all([
        ...Array.from({ length: 5 }, () => whoami(session.access_token)),
        call('POST', '/_matrix/client/v3/logout', { token: session.access_token }),
      ])
      expect((await whoami(session.access_token)).status).toBe(401)
    }
  })
})

describe('devices', () => {
  it('are renamed and ended by their person, who proves that it is her', async () => {
    const own = await person('fatima')
    const lost = (await login('fatima', 'Correct-horse-fatima')).json as Session
    const path = `/_matrix/client/v3/devices/${lost.device_id}`
    await ok('PUT', path, { token: own.access_token, body: { display_name: 'Lost phone' } })
    expect((await ok('GET', path, { token: own.access_token })).display_name).toBe('Lost phone')
    const wrong = await prove('DELETE', path, own.access_token, 'not the password')
    expect(wrong).toMatchObject({ status: 401, json: { errcode: 'M_FORBIDDEN', completed: [] } })
    expect((await whoami(lost.access_token)).status).toBe(200)
    expect((await prove('DELETE', path, own.access_token, 'Correct-horse-fatima')).status).toBe(200)
    expect((await whoami(lost.access_token)).status).toBe(401)
    expect((await call('GET', path, { token: own.access_token })).json.errcode).toBe('M_NOT_FOUND')
  })

  it('are ended in a batch; a proof for one act opens no other, and no other person', async () => {
    const own = await person('gerd')
    const other = await person('hans')
    const lost = (await login('gerd', 'Correct-horse-gerd')).json as Session
    const path = '/_matrix/client/v3/delete_devices'
    const body = { devices: [lost.device_id, 'UNKNOWN'] }
    const { session } = (await call('POST', path, { token: own.access_token, body })).json
    const auth = { type: 'm.login.password', session, password: 'Correct-horse-gerd' }
    const elsewhere = await call('POST', '/_matrix/client/v3/account/deactivate', {
      token: own.access_token,
      body: { auth },
    })
    expect(elsewhere).toMatchObject({ status: 401, json: { errcode: 'M_UNAUTHORIZED' } })
    const stolen = { ...auth, identifier: { type: 'm.id.user', user: 'hans' }, password: 'Correct-horse-hans' }
    expect((await call('POST', path, { token: own.access_token, body: { ...body, auth: stolen } })).status).toBe(401)
    expect((await call('POST', path, { token: other.access_token, body: { ...body, auth } })).status).toBe(401)
    await ok('POST', path, { token: own.access_token, body: { ...body, auth } })
    expect((await whoami(lost.access_token)).status).toBe(401)
    expect((await whoami(own.access_token)).status).toBe(200)
  })

  it('remember when and from where they were last seen', async () => {
    const own = await person('ines')
    await whoami(own.access_token)
    const stopped = new AbortController()
    stopped.abort()
    await identity.run(stopped.signal)
    const seen = await ok('GET', '/_matrix/client/v3/devices', { token: own.access_token })
    expect(seen.devices[0]).toMatchObject({ last_seen_ts: clock.nowMs(), last_seen_ip: '127.0.0.1' })
  })
})

describe('passwords', () => {
  it('are changed by whoever knows the old one; other devices are signed out', async () => {
    const own = await person('jana')
    const other = (await login('jana', 'Correct-horse-jana')).json as Session
    const path = '/_matrix/client/v3/account/password'
    const weak = await call('POST', path, { token: own.access_token, body: { new_password: 'short' } })
    expect(weak.json.errcode).toBe('M_WEAK_PASSWORD')
    const body = { new_password: 'ein neues langes Wort' }
    expect((await prove('POST', path, own.access_token, 'Correct-horse-jana', body)).status).toBe(200)
    expect((await whoami(own.access_token)).status).toBe(200)
    expect((await whoami(other.access_token)).status).toBe(401)
    expect((await login('jana', 'Correct-horse-jana')).status).toBe(403)
    expect((await login('jana', 'ein neues langes Wort')).status).toBe(200)
  })

  it('of a deactivated account open nothing, and its name is never given away', async () => {
    const own = await person('karl')
    const path = '/_matrix/client/v3/account/deactivate'
    const done = await prove('POST', path, own.access_token, 'Correct-horse-karl')
    expect(done.json).toEqual({ id_server_unbind_result: 'no-support' })
    expect((await whoami(own.access_token)).status).toBe(401)
    expect((await login('karl', 'Correct-horse-karl')).status).toBe(403)
    expect((await registerByAutomation('karl')).json.errcode).toBe('M_USER_IN_USE')
    expect(await identity.users.isActive((await identity.users.byMatrixId('@karl:test'))!.id)).toBe(false)
  })
})

describe('invitations', () => {
  const invite = async (token: string, body: object = {}) => ok('POST', '/api/v1/invitations', { token, body })
  const listed = async (token: string, id: string) =>
    (await ok('GET', '/api/v1/invitations', { token })).invitations.find((item: any) => item.invitation_id === id)

  it('bring one person in, once', async () => {
    const admin = await person('lena', true)
    names.set((await identity.users.byMatrixId('@lena:test'))!.id, 'Lena the Admin')
    const made = await invite(admin.access_token, { display_name: 'Mia', note: 'new in the press office' })
    expect(made.url).toBe(`http://localhost:8008/#/invitation/${made.token}`)
    expect(await ok('POST', '/api/v1/invitation/look', { body: { token: made.token } })).toEqual({
      organisation: 'Ministry of Words',
      invited_by: 'Lena the Admin',
      display_name: 'Mia',
      expires_ts: clock.nowMs() + 7 * dayMs,
    })
    expect(await listed(admin.access_token, made.invitation_id)).toMatchObject({
      note: 'new in the press office',
      invited_by: '@lena:test',
      state: 'open',
    })
    const accept = '/api/v1/invitation/accept'
    const wish = { token: made.token, password: 'ein Garten im Herbst', display_name: 'Mia Press' }
    const taken = await call('POST', accept, { body: { ...wish, username: 'lena' } })
    expect(taken.json.errcode).toBe('M_USER_IN_USE')
    const racers = await Promise.all(
      ['mia', 'maria'].map((username) => call('POST', accept, { body: { ...wish, username } })),
    )
    expect(racers.map((answer) => answer.status).sort()).toEqual([200, 404])
    const mia = racers.find((answer) => answer.status === 200)!.json
    expect((await whoami(mia.access_token)).json.user_id).toBe(mia.user_id)
    expect(names.get((await identity.users.byMatrixId(mia.user_id))!.id)).toBe('Mia Press')
    expect((await listed(admin.access_token, made.invitation_id)).state).toBe('used')
    expect((await call('POST', '/api/v1/invitation/look', { body: { token: made.token } })).json.errcode).toBe(
      'M_NOT_FOUND',
    )
    const late = await call('DELETE', `/api/v1/invitations/${made.invitation_id}`, { token: admin.access_token })
    expect(late).toMatchObject({ status: 409, json: { errcode: 'CHANCERY_CONFLICT' } })
  })

  it('stop working when they are withdrawn, and after a week', async () => {
    const admin = await person('nora', true)
    const withdrawn = await invite(admin.access_token)
    await ok('DELETE', `/api/v1/invitations/${withdrawn.invitation_id}`, { token: admin.access_token })
    const old = await invite(admin.access_token)
    passedMs += 7 * dayMs
    for (const [made, state] of [
      [withdrawn, 'withdrawn'],
      [old, 'expired'],
    ] as const) {
      expect((await call('POST', '/api/v1/invitation/look', { body: { token: made.token } })).status).toBe(404)
      const body = { username: 'late', password: 'ein Garten im Herbst', display_name: 'Late' }
      expect((await call('POST', '/api/v1/invitation/accept', { body: { token: made.token, ...body } })).status).toBe(
        404,
      )
      expect((await listed(admin.access_token, made.invitation_id)).state).toBe(state)
    }
  })

  it('are made by people whose role includes it', async () => {
    const member = await person('otto')
    const tries = [
      call('POST', '/api/v1/invitations', { token: member.access_token, body: {} }),
      call('GET', '/api/v1/invitations', { token: member.access_token }),
      call('DELETE', '/api/v1/invitations/x', { token: member.access_token }),
      call('GET', '/api/v1/accounts', { token: member.access_token }),
      call('GET', '/api/v1/accounts/@lena:test/devices', { token: member.access_token }),
      call('DELETE', '/api/v1/accounts/@lena:test/devices/X', { token: member.access_token }),
    ]
    for (const answer of await Promise.all(tries)) {
      expect(answer).toMatchObject({ status: 403, json: { errcode: 'M_FORBIDDEN' } })
    }
  })
})

describe('administration', () => {
  it('lists people page by page and finds them by name', async () => {
    const admin = await person('paula', true)
    const token = admin.access_token
    const all: any[] = []
    let from = ''
    do {
      const page = await ok('GET', `/api/v1/accounts?limit=3${from && `&from=${from}`}`, { token })
      expect(page.people.length).toBeLessThanOrEqual(3)
      all.push(...page.people)
      from = page.next ?? ''
    } while (from !== '')
    const count = await database.postgres.row<{ n: number }>('select count(*)::int as n from account')
    expect(new Set(all.map((item) => item.user_id)).size).toBe(count!.n)
    expect(all.find((item) => item.user_id === '@paula:test')).toMatchObject({ admin: true, deactivated: false })
    expect(all.find((item) => item.user_id === '@karl:test')).toMatchObject({ admin: false, deactivated: true })
    const found = await ok('GET', '/api/v1/accounts?search=the%20admin', { token })
    expect(found.people.map((item: any) => item.display_name)).toEqual(['Lena the Admin'])
    expect((await call('GET', '/api/v1/accounts?from=x', { token })).json.errcode).toBe('M_INVALID_PARAM')
    expect((await call('GET', '/api/v1/accounts?limit=0', { token })).status).toBe(400)
  })

  it('sees and ends anybody’s devices', async () => {
    const { access_token: token } = await person('rosa', true)
    const phone = { device_id: 'PHONE', initial_device_display_name: 'Phone of Sven' }
    await person('sven')
    const sven = (await login('sven', 'Correct-horse-sven', phone)).json as Session
    const { devices } = await ok('GET', '/api/v1/accounts/@sven:test/devices', { token })
    expect(devices.map((device: any) => device.display_name)).toContain('Phone of Sven')
    await ok('DELETE', '/api/v1/accounts/@sven:test/devices/PHONE', { token })
    expect((await whoami(sven.access_token)).status).toBe(401)
    const again = await call('DELETE', '/api/v1/accounts/@sven:test/devices/PHONE', { token })
    expect(again.json.errcode).toBe('M_NOT_FOUND')
    expect((await call('GET', '/api/v1/accounts/@nobody:test/devices', { token })).json.errcode).toBe('M_NOT_FOUND')
  })

  it('by shared secret needs the secret, and a nonce that is used once', async () => {
    expect((await registerByAutomation('tina', false, { mac: '00'.repeat(20) })).json.errcode).toBe('M_FORBIDDEN')
    expect((await registerByAutomation('tina', false, { admin: true })).json.errcode).toBe('M_FORBIDDEN')
    expect((await registerByAutomation('tina', false, { nonce: 'x' })).status).toBe(400)
    expect((await registerByAutomation('tina', false, { displayname: 'Tina' })).json.user_id).toBe('@tina:test')
    expect((await registerByAutomation('tina')).json.errcode).toBe('M_USER_IN_USE')
  })
})

describe('the whole folder', () => {
  it('keeps no word, token or password readable in its tables', async () => {
    const canary = 'zebra-canary'
    const admin = await person('uwe', true)
    const note = { display_name: `${canary}-name`, note: `${canary}-note` }
    const made = await ok('POST', '/api/v1/invitations', { token: admin.access_token, body: note })
    const device = { initial_device_display_name: `${canary}-device` }
    const session = (await login('uwe', 'Correct-horse-uwe', device)).json as Session
    await identity.organisation.setName(`${canary}-organisation`)
    expect((await ok('GET', '/api/v1/installation')).organisation).toBe(`${canary}-organisation`)
    const stopped = new AbortController()
    stopped.abort()
    await whoami(session.access_token)
    await identity.run(stopped.signal)
    const secrets = [canary, 'Correct-horse-uwe', session.access_token, made.token, '127.0.0.1']
    for (const table of ['users', 'account', 'device', 'session', 'setup_link', 'installation', 'invitation']) {
      const rows = await database.postgres.rows<Record<string, unknown>>(`select * from ${table}`)
      const bytes = Buffer.concat(
        rows
          .flatMap((row) => Object.values(row))
          .map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(String(value)))),
      )
      for (const secret of secrets) expect([table, secret, bytes.includes(secret)]).toEqual([table, secret, false])
    }
  })
})
