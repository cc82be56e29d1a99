import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town, townPassword } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

const password = 'seven green boats ahead'
const terms = { name: 'House rules', url: 'https://town.example/rules', version: '2' }

async function ask(town: Town, method: string, path: string, body?: unknown) {
  const response = await fetch(`${town.url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return { status: response.status, json: (await response.json()) as any }
}
const register = (town: Town, body: object, query = '') =>
  ask(town, 'POST', `/_matrix/client/v3/register${query}`, body)

describe('closed', () => {
  it('is how a server begins', async () => {
    const [email, page] = ['help@town.example', 'https://town.example/help']
    await using town = await startTown({ support: { email, page } })
    const wish = { username: 'eva', password, auth: { type: 'm.login.dummy' } }
    expect(await register(town, wish)).toMatchObject({ status: 403, json: { errcode: 'M_FORBIDDEN' } })
    expect((await register(town, {}, '?kind=guest')).json.errcode).toBe('M_GUEST_ACCESS_FORBIDDEN')
    const validity = '/_matrix/client/v1/register/m.login.registration_token/validity?token=x'
    expect((await ask(town, 'GET', validity)).status).toBe(403)
    const contacts = [{ role: 'm.role.admin', email_address: email }]
    const whom = (await ask(town, 'GET', '/.well-known/matrix/support')).json
    expect(whom).toEqual({ contacts, support_page: page })
  })
})

describe('open to everybody', () => {
  let town: Town
  beforeAll(async () => {
    town = await startTown({ registration: { mode: 'open', guests: true } })
  })
  afterAll(() => town[Symbol.asyncDispose]())

  it('asks for the dummy stage, and signs in', async () => {
    const wish = { username: 'Eva', password, device_id: 'D', refresh_token: true }
    const asked = await register(town, wish)
    expect(asked).toMatchObject({ status: 401, json: { flows: [{ stages: ['m.login.dummy'] }], completed: [] } })
    const auth = { type: 'm.login.dummy', session: asked.json.session }
    const { status, json } = await register(town, { ...wish, auth })
    expect([status, json.user_id, json.device_id]).toEqual([200, '@eva:town.example', 'D'])
    expect(json.refresh_token).toMatch(/^chr_/)
    expect((await register(town, { ...wish, auth })).json.errcode).toBe('M_USER_IN_USE')
    const other = await register(town, { username: 'ida', password, auth })
    expect([other.status, other.json.errcode]).toEqual([401, 'M_UNAUTHORIZED'])
  })

  it('makes up a name, or signs nobody in, as the client wishes', async () => {
    const auth = { type: 'm.login.dummy' }
    expect((await register(town, { password, auth })).json.user_id).toMatch(/^@u[0-9a-f]{12}:town.example$/)
    const quiet = await register(town, { username: 'quiet', password, inhibit_login: true, auth })
    expect(quiet.json).toEqual({ user_id: '@quiet:town.example' })
  })

  it('refuses weak passwords and unfit names before anything is confirmed', async () => {
    const auth = { type: 'm.login.dummy' }
    const unfit = await register(town, { username: 'edda', password, device_id: 'no device', auth })
    expect([unfit.status, unfit.json.errcode]).toEqual([400, 'M_INVALID_PARAM'])
    expect((await register(town, { username: 'edda', password, auth })).status).toBe(200)
    expect((await register(town, { username: 'eve', password: 'short' })).json.errcode).toBe('M_WEAK_PASSWORD')
    expect((await register(town, { username: 'e v e', password })).json.errcode).toBe('M_INVALID_USERNAME')
  })

  it('gives one account a name that many want at once', async () => {
    const wish = { username: 'wanted', password, auth: { type: 'm.login.dummy' } }
    const answers = await Promise.all(Array.from({ length: 4 }, () => register(town, wish)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400])
  })

  it('admits guests, who make no rooms', async () => {
    const { json } = await register(town, { initial_device_display_name: 'Visit' }, '?kind=guest')
    const headers = { authorization: `Bearer ${json.access_token}`, 'content-type': 'application/json' }
    const who = await fetch(`${town.url}/_matrix/client/v3/account/whoami`, { headers })
    expect(await who.json()).toMatchObject({ user_id: json.user_id, is_guest: true })
    const room = await fetch(`${town.url}/_matrix/client/v3/createRoom`, { method: 'POST', headers, body: '{}' })
    expect(room.status).toBe(403)
    expect((await register(town, {}, '?kind=other')).status).toBe(400)
  })
})

describe('with a token and terms', () => {
  let town: Town
  let admin: TownPerson
  beforeAll(async () => {
    town = await startTown({ registration: { mode: 'token', guests: false, terms } })
    admin = await town.person('admin', { role: 'administrator' })
  })
  afterAll(() => town[Symbol.asyncDispose]())
  const tokens = '/api/v1/registration_tokens'
  const valid = async (token: string) =>
    (await ask(town, 'GET', `/_matrix/client/v1/register/m.login.registration_token/validity?token=${token}`)).json
      .valid

  it('remembers each stage, in requests and in the browser', async () => {
    const { token } = await admin.ok('POST', tokens, { uses_allowed: 1 })
    const wish = { username: 'tom', password }
    const asked = await register(town, wish)
    expect(asked.json.flows).toEqual([{ stages: ['m.login.registration_token', 'm.login.terms'] }])
    expect(asked.json.params['m.login.terms'].policies.terms).toEqual({
      version: '2',
      en: { name: terms.name, url: terms.url },
    })
    const { session } = asked.json
    const wrong = await register(town, { ...wish, auth: { type: 'm.login.registration_token', token: 'no', session } })
    expect([wrong.status, wrong.json.errcode, wrong.json.session]).toEqual([401, 'M_UNAUTHORIZED', session])
    const half = await register(town, { ...wish, auth: { type: 'm.login.registration_token', token, session } })
    expect([half.status, half.json.completed]).toEqual([401, ['m.login.registration_token']])

    const page = `${town.url}/_matrix/client/v3/auth/m.login.terms/fallback/web`
    const shown = await (await fetch(`${page}?session=${session}`)).text()
    expect(shown).toContain('<a href="https://town.example/rules">House rules</a>')
    const done = await fetch(page, { method: 'POST', body: new URLSearchParams({ session }) })
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('onAuthDone')])
    const late = await fetch(page, { method: 'POST', body: new URLSearchParams({ session: 'unknown' }) })
    expect(late.status).toBe(404)

    expect((await register(town, { ...wish, auth: { session } })).json.user_id).toBe('@tom:town.example')
    expect(await valid(token)).toBe(false)
    const { registration_tokens } = await admin.ok('GET', tokens)
    expect(registration_tokens[0]).toMatchObject({ token, uses: 1, uses_allowed: 1 })
  })

  it('spends a token once, however many show it at once', async () => {
    const { token } = await admin.ok('POST', tokens, { token: 'only-one', uses_allowed: 1 })
    const whole = async (username: string) => {
      const { session } = (await register(town, { username, password })).json
      const stage = { type: 'm.login.registration_token', token, session }
      await register(town, { username, password, auth: stage })
      return register(town, { username, password, auth: { type: 'm.login.terms', session } })
    }
    const answers = await Promise.all(['k1', 'k2', 'k3'].map(whole))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('lets administrators make and withdraw tokens, and nobody else', async () => {
    const mia = await town.person('mia')
    expect((await mia.call('GET', tokens)).json.errcode).toBe('M_FORBIDDEN')
    const { token, token_id } = await admin.ok('POST', tokens, {})
    expect(await valid(token)).toBe(true)
    expect((await admin.call('POST', tokens, { body: { token } })).json.errcode).toBe('CHANCERY_CONFLICT')
    expect((await admin.call('POST', tokens, { body: { token: 'no spaces' } })).json.errcode).toBe('M_INVALID_PARAM')
    await admin.ok('DELETE', `${tokens}/${token_id}`)
    expect(await valid(token)).toBe(false)
    expect((await admin.call('DELETE', `${tokens}/${token_id}`)).status).toBe(404)
  })

  it('escapes what stands in its pages', async () => {
    const page = `${town.url}/_matrix/client/v3/auth/m.login.dummy/fallback/web`
    const shown = await fetch(`${page}?session=${encodeURIComponent('"><script>alert(1)</script>')}`)
    expect(await shown.text()).not.toContain('<script>alert')
    expect((await fetch(`${town.url}/_matrix/client/v3/auth/m.login.password/fallback/web?session=x`)).status).toBe(404)
  })

  it('proves to other services who somebody is', async () => {
    const ole = await town.person('ole')
    const path = (who: string) => `/user/${encodeURIComponent(who)}/openid/request_token`
    const proof = await ole.ok('POST', path(ole.id), {})
    expect(proof).toMatchObject({ token_type: 'Bearer', matrix_server_name: 'town.example', expires_in: 3600 })
    const info = (token: string) => ask(town, 'GET', `/_matrix/federation/v1/openid/userinfo?access_token=${token}`)
    expect((await info(proof.access_token)).json).toEqual({ sub: ole.id })
    expect((await info(ole.token)).status).toBe(401)
    expect((await ole.call('POST', path(admin.id), { body: {} })).json.errcode).toBe('M_FORBIDDEN')
  })

  it('knows no mail addresses and no phones, and says so', async () => {
    const ada = await town.person('ada')
    const proof = { client_secret: 'abc', send_attempt: 1 }
    const addresses = { email: { email: 'a@town.example' }, msisdn: { country: 'HU', phone_number: '301234567' } }
    for (const [medium, address] of Object.entries(addresses)) {
      for (const of of ['account/3pid', 'account/password', 'register']) {
        const answer = await ada.call('POST', `/${of}/${medium}/requestToken`, { body: { ...proof, ...address } })
        expect([answer.status, answer.json.errcode]).toEqual([403, 'M_THREEPID_DENIED'])
      }
    }
    const added = {
      '/account/3pid': { three_pid_creds: { client_secret: 'a', id_access_token: 'a', id_server: 'a', sid: 'a' } },
      '/account/3pid/add': { client_secret: 'a', sid: 'a' },
    }
    for (const [path, body] of Object.entries(added)) {
      expect((await ada.call('POST', path, { body })).json.errcode).toBe('M_THREEPID_AUTH_FAILED')
    }
    const gone = { medium: 'email', address: 'a@town.example' }
    expect(await ada.ok('POST', '/account/3pid/delete', gone)).toEqual({ id_server_unbind_result: 'no-support' })
    expect((await ask(town, 'GET', '/.well-known/matrix/support')).status).toBe(404)
  })

  it('tells before who could have which name', async () => {
    const available = (name: string) => ask(town, 'GET', `/_matrix/client/v3/register/available?username=${name}`)
    await town.person('taken')
    expect((await available('taken')).json.errcode).toBe('M_USER_IN_USE')
    expect(await available('still-free')).toEqual({ status: 200, json: { available: true } })
  })

  it('lets people look at one device of theirs, and end it with their password', async () => {
    const ida = await town.person('ida')
    const other = await town.signIn('ida')
    const path = `/devices/${encodeURIComponent(other.deviceId)}`
    expect(await ida.ok('GET', path)).toMatchObject({ device_id: other.deviceId })
    const asked = await ida.call('DELETE', path, { body: {} })
    expect([asked.status, asked.json.flows]).toEqual([401, [{ stages: ['m.login.password'] }]])
    const { session } = asked.json
    const identifier = { type: 'm.id.user', user: ida.id }
    const auth = { type: 'm.login.password', session, identifier, password: townPassword }
    expect((await ida.call('DELETE', path, { body: { auth } })).status).toBe(200)
    expect([(await ida.call('GET', path)).status, (await other.call('GET', '/sync')).status]).toEqual([404, 401])
  })
})
