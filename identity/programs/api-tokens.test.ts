import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town } from '#testing/town.ts'
import { TownPerson } from '#testing/town-person.ts'

const clock = new FakeClock()
let town: Town
let owner: TownPerson
let boss: TownPerson
let member: TownPerson
beforeAll(async () => {
  town = await startTown({ clock })
  owner = await town.person('olga', { role: 'owner' })
  boss = await town.person('boris', { role: 'administrator' })
  member = await town.person('mia')
})
afterAll(() => town[Symbol.asyncDispose]())

const programOf = (token: string, url = town.url) =>
  new TownPerson(() => url, { user_id: '', device_id: '', access_token: token })
const make = (by: TownPerson, body: object) => by.ok('POST', '/api/v1/tokens', body)

describe('a token of a program', () => {
  it('is made by an administrator for what it says, shown once, and stands only as a hash', async () => {
    const made = await make(boss, { scopes: ['people.read', 'people.read'], ttl_ms: 60_000, name: 'Nightly list' })
    expect(made).toMatchObject({ token: expect.stringMatching(/^cha_/), expires_ts: clock.nowMs() + 60_000 })
    const program = programOf(made.token)
    expect((await program.ok('GET', '/api/v1/accounts')).people).toHaveLength(3)
    expect(await program.call('GET', '/api/v1/settings')).toMatchObject({
      status: 403,
      json: { errcode: 'M_FORBIDDEN' },
    })
    const { tokens } = await owner.ok('GET', '/api/v1/tokens')
    expect(tokens).toEqual([
      {
        token_id: made.token_id,
        scopes: ['people.read'],
        name: 'Nightly list',
        created_by: boss.id,
        created_ts: clock.nowMs(),
        expires_ts: made.expires_ts,
        last_used_ts: clock.nowMs(),
      },
    ])
    const rows = JSON.stringify(
      await town.postgres.rows('select encode(sealed_name, $1) n, t.* from api_token t', ['escape']),
    )
    expect(rows).not.toContain('Nightly')
    expect(rows).not.toContain(made.token)
    await boss.ok('DELETE', `/api/v1/tokens/${made.token_id}`)
  })

  it('is nobody: it has no session, is in no room, and cannot make another one', async () => {
    const program = await town.program('people.read', 'people.devices', 'people.moderate')
    for (const path of ['/account/whoami', '/sync', '/joined_rooms', '/devices', '/api/v1/tokens']) {
      expect([path, (await program.call('GET', path)).status]).toEqual([path, 403])
    }
    for (const path of ['/logout', '/logout/all', '/createRoom', '/api/v1/tokens']) {
      expect([path, (await program.call('POST', path, { body: {} })).status]).toEqual([path, 403])
    }
  })

  it('acts upon members, and on nobody who stands as high as an administrator', async () => {
    const program = await town.program('people.devices', 'people.moderate')
    const devices = (id: string) => program.call('GET', `/api/v1/accounts/${encodeURIComponent(id)}/devices`)
    expect((await devices(member.id)).json.devices).toHaveLength(1)
    expect((await devices(boss.id)).status).toBe(403)
    const lock = (id: string) =>
      program.call('PUT', `/_matrix/client/v1/admin/lock/${encodeURIComponent(id)}`, { body: { locked: true } })
    expect((await lock(owner.id)).status).toBe(403)
    expect((await lock(member.id)).status).toBe(200)
    await owner.ok('PUT', `/_matrix/client/v1/admin/lock/${encodeURIComponent(member.id)}`, { locked: false })
  })

  it('writes a notice, once however often it is repeated', async () => {
    const [program, other] = [await town.program('server.notices'), await town.program('server.notices')]
    const body = { user_id: member.id, body: 'The lifts stand still on Monday.', transaction_id: 'lifts' }
    const first = await program.ok('POST', '/api/v1/notices', body)
    expect(await program.ok('POST', '/api/v1/notices', body)).toEqual(first)
    expect(await other.ok('POST', '/api/v1/notices', body)).not.toEqual(first)
  })

  it('ends: in time, when it is revoked, on every node', async () => {
    const short = await make(boss, { scopes: ['people.read'], ttl_ms: 5_000 })
    const long = await make(boss, { scopes: ['people.read'] })
    await using node = await town.openNode()
    const there = node.as(programOf(long.token))
    expect((await there.call('GET', '/api/v1/accounts')).status).toBe(200)
    await clock.advance(5_000)
    const ended = await programOf(short.token).call('GET', '/api/v1/accounts')
    expect(ended).toMatchObject({ status: 401, json: { errcode: 'M_UNKNOWN_TOKEN', soft_logout: false } })
    await boss.ok('DELETE', `/api/v1/tokens/${long.token_id}`)
    expect((await there.call('GET', '/api/v1/accounts')).status).toBe(401)
    expect((await boss.call('DELETE', `/api/v1/tokens/${long.token_id}`)).status).toBe(404)
    expect((await programOf(`${short.token.slice(0, -1)}_`).call('GET', '/api/v1/accounts')).status).toBe(401)
    await town.chancery.identity.forgetBefore(clock.nowMs() + 1)
    const { tokens } = await owner.ok('GET', '/api/v1/tokens')
    expect(tokens.map((token: any) => token.token_id)).not.toContain(short.token_id)
  })

  it('opens no more than its maker may do, then and now', async () => {
    const refused = (body: object, by = boss) => by.call('POST', '/api/v1/tokens', { body })
    expect(await refused({ scopes: ['people.signIn'] })).toMatchObject({
      status: 400,
      json: { scope: 'people.signIn' },
    })
    expect(await refused({ scopes: ['rooms.create'] }, owner)).toMatchObject({ status: 400 })
    expect(await refused({ scopes: ['constructor'] })).toMatchObject({ status: 400 })
    expect(await refused({ scopes: ['people.read'] }, member)).toMatchObject({ status: 403 })
    expect(await refused({ scopes: [] })).toMatchObject({ status: 400 })
    expect(await refused({ scopes: ['people.read'], ttl_ms: 367 * 24 * 3_600_000 })).toMatchObject({ status: 400 })

    const aide = await town.person('aide', { role: 'administrator' })
    const program = programOf((await make(aide, { scopes: ['people.read'] })).token)
    const reads = async () => (await program.call('GET', '/api/v1/accounts')).status
    expect(await reads()).toBe(200)
    await owner.ok('PUT', `/_matrix/client/v1/admin/suspend/${encodeURIComponent(aide.id)}`, { suspended: true })
    expect(await reads()).toBe(403)
    await owner.ok('PUT', `/_matrix/client/v1/admin/suspend/${encodeURIComponent(aide.id)}`, { suspended: false })
    expect(await reads()).toBe(200)
    await owner.ok('POST', `/api/v1/accounts/${encodeURIComponent(aide.id)}/deactivate`, {})
    expect(await reads()).toBe(401)
  })

  it('has a rate of its own', async () => {
    await using strict = await startTown({ rateLimits: true, clock: new FakeClock() })
    const [one, other] = [await strict.program('registration.tokens'), await strict.program('registration.tokens')]
    const ask = async (program: TownPerson) => (await program.call('DELETE', '/api/v1/registration_tokens/none')).status
    const answers = await Promise.all(Array.from({ length: 101 }, () => ask(one)))
    expect([...new Set(answers)].sort()).toEqual([404, 429])
    expect(await ask(other)).toBe(404)
  })
})

describe('devices of others', () => {
  it('are seen and ended by those above only', async () => {
    const path = (who: TownPerson) => `/api/v1/accounts/${encodeURIComponent(who.id)}/devices`
    const whois = (who: TownPerson) => `/admin/whois/${encodeURIComponent(who.id)}`
    const peer = await town.person('petra', { role: 'administrator' })
    for (const above of [owner, peer]) {
      expect((await boss.call('GET', path(above))).status).toBe(403)
      expect((await boss.call('GET', whois(above))).status).toBe(403)
      expect((await boss.call('DELETE', `${path(above)}/${above.deviceId}`)).status).toBe(403)
      expect((await above.call('GET', '/account/whoami')).status).toBe(200)
    }
    expect((await boss.ok('GET', path(boss))).devices).toHaveLength(1)
    expect((await boss.call('GET', whois(member))).status).toBe(200)
    await owner.ok('DELETE', `${path(peer)}/${peer.deviceId}`)
    expect((await peer.call('GET', '/account/whoami')).status).toBe(401)
  })
})
