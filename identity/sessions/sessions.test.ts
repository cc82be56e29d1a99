import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { startTown, type Town, type TownNode, townPassword } from '#testing/town.ts'
import { TownPerson } from '#testing/town-person.ts'

let passedMs = 0
const clock = {
  nowMs: () => Date.now() + passedMs,
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      const wake = () => {
        clearTimeout(timer)
        resolve()
      }
      signal?.addEventListener('abort', wake, { once: true })
    }),
}

let town: Town
let node: TownNode
beforeAll(async () => {
  town = await startTown({ clock })
  node = await town.openNode()
})
afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await town[Symbol.asyncDispose]()
})

type Tokens = { access_token: string; refresh_token: string; expires_in_ms: number }

async function ask(method: string, path: string, token: string | undefined, body?: unknown) {
  const response = await fetch(`${town.url}/_matrix/client${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, json: (await response.json()) as any }
}
const logIn = async (user: string, more: object = {}) =>
  ask('POST', '/v3/login', undefined, {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user },
    password: townPassword,
    ...more,
  })
const refresh = (token: string) => ask('POST', '/v3/refresh', undefined, { refresh_token: token })
const whoami = async (token: string) => {
  const { status, json } = await ask('GET', '/v3/account/whoami', token)
  return status === 200 ? 'in' : `${json.errcode} ${json.soft_logout ? 'softly' : 'for good'}`
}

describe('refreshing', () => {
  it('is for clients that say so', async () => {
    await town.person('rita')
    expect((await logIn('rita')).json).not.toHaveProperty('refresh_token')
    const { json } = await logIn('rita', { refresh_token: true })
    expect(json).toMatchObject({ refresh_token: expect.any(String), expires_in_ms: limits.accessTokenLivesMs })
  })

  it('gives a pair that ends the one before with its first use, and not earlier', async () => {
    await town.person('rolf')
    const first: Tokens = (await logIn('rolf', { refresh_token: true, device_id: 'R' })).json
    expect(await whoami(first.access_token)).toBe('in')
    const lost: Tokens = (await refresh(first.refresh_token)).json
    // The answer was lost, so the client asks again with what it has.
    const second: Tokens = (await refresh(first.refresh_token)).json
    expect(await whoami(first.access_token)).toBe('in')
    expect(await whoami(lost.access_token)).toBe('M_UNKNOWN_TOKEN for good')
    expect(await whoami(second.access_token)).toBe('in')
    expect(await whoami(first.access_token)).toBe('M_UNKNOWN_TOKEN softly')
    expect((await refresh(first.refresh_token)).json.errcode).toBe('M_UNKNOWN_TOKEN')
    expect((await ask('GET', '/v3/devices', second.access_token)).json.devices).toHaveLength(2)
  })

  it('counts the use of the new refresh token too', async () => {
    await town.person('rosi')
    const first: Tokens = (await logIn('rosi', { refresh_token: true })).json
    const second: Tokens = (await refresh(first.refresh_token)).json
    const third: Tokens = (await refresh(second.refresh_token)).json
    expect(await whoami(first.access_token)).toBe('M_UNKNOWN_TOKEN softly')
    expect((await refresh(first.refresh_token)).status).toBe(401)
    expect(await whoami(third.access_token)).toBe('in')
  })

  it('of many at once leaves a pair that works', async () => {
    await town.person('ruth')
    const first: Tokens = (await logIn('ruth', { refresh_token: true })).json
    const pairs: Tokens[] = (await Promise.all(Array.from({ length: 8 }, () => refresh(first.refresh_token)))).map(
      ({ json }) => json,
    )
    const living = await Promise.all(pairs.map((pair) => whoami(pair.access_token)))
    expect(living.filter((state) => state === 'in')).toHaveLength(1)
  })

  it('is needed when the access token has expired, and then the device is still there', async () => {
    await town.person('ralf')
    const first: Tokens = (await logIn('ralf', { refresh_token: true })).json
    expect(await whoami(first.access_token)).toBe('in')
    passedMs += limits.accessTokenLivesMs + 1
    expect(await whoami(first.access_token)).toBe('M_UNKNOWN_TOKEN softly')
    const second: Tokens = (await refresh(first.refresh_token)).json
    expect(await whoami(second.access_token)).toBe('in')
  })

  it('ends with the session', async () => {
    await town.person('rene')
    const first: Tokens = (await logIn('rene', { refresh_token: true })).json
    await ask('POST', '/v3/logout', first.access_token, {})
    expect((await refresh(first.refresh_token)).json).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: false })
  })
})

describe('a token that signs in', () => {
  it('is for who proves to be there, works once, and for two minutes', async () => {
    const lea = await town.person('lea')
    const path = '/_matrix/client/v1/login/get_token'
    const asked = await lea.call('POST', path, { body: {} })
    expect([asked.status, asked.json.flows]).toEqual([401, [{ stages: ['m.login.password'] }]])
    const auth = { type: 'm.login.password', password: townPassword, session: asked.json.session }
    const { login_token, expires_in_ms } = (await lea.call('POST', path, { body: { auth } })).json
    expect(expires_in_ms).toBe(limits.loginTokenLivesMs)
    const use = (token: string) => ask('POST', '/v3/login', undefined, { type: 'm.login.token', token })
    const used = await Promise.all([use(login_token), use(login_token), use(login_token)])
    expect(used.map(({ status }) => status).sort()).toEqual([200, 403, 403])
    expect(used.find(({ status }) => status === 200)?.json.user_id).toBe(lea.id)

    const more = await lea.ok('POST', path, { auth: { type: 'm.login.password', password: townPassword } })
    passedMs += limits.loginTokenLivesMs + 1
    expect((await use(more.login_token)).json.errcode).toBe('M_FORBIDDEN')
    expect((await use('nonsense')).json.errcode).toBe('M_FORBIDDEN')
  })
})

describe('another node', () => {
  it('lets nobody in whose session has ended, and answers who waits there', async () => {
    const nora = await town.person('nora')
    const there = node.as(nora)
    const { next_batch } = await there.sync()
    const waiting = there.call('GET', `/sync?since=${next_batch}&timeout=30000`)
    await new Promise((resolve) => setImmediate(resolve))
    await nora.ok('POST', '/logout', {})
    expect((await waiting).status).toBe(401)
    passedMs += limits.sessionMemoryGoodMs
    expect((await there.call('GET', '/account/whoami')).json).toMatchObject({
      errcode: 'M_UNKNOWN_TOKEN',
      soft_logout: false,
    })
  })

  it('asks the database when it has heard nothing, so that no lost notice keeps anybody in', async () => {
    const nils = await town.person('nils')
    const there = node.as(nils)
    await there.ok('GET', '/account/whoami')
    // Ended behind the back of every node, in the log alone: no notice tells of it.
    await town.postgres.transaction(async (tx) => {
      const row = await tx.row<{ id: number }>('delete from session where device_id = $1 returning id', [nils.deviceId])
      await town.chancery.log.append(tx, [{ kind: 7, roomId: null, userId: 1, reference: row!.id }])
    })
    passedMs += limits.sessionMemoryGoodMs
    expect((await there.call('GET', '/account/whoami')).status).toBe(401)
  })

  it('takes tokens that were refreshed here', async () => {
    await town.person('nele')
    const first: Tokens = (await logIn('nele', { refresh_token: true })).json
    const as = (token: string) =>
      node.as(new TownPerson(() => town.url, { user_id: '@nele:town.example', device_id: 'x', access_token: token }))
    await as(first.access_token).ok('GET', '/account/whoami')
    const second: Tokens = (await refresh(first.refresh_token)).json
    expect(await whoami(second.access_token)).toBe('in')
    passedMs += limits.sessionMemoryGoodMs
    const { json } = await as(first.access_token).call('GET', '/account/whoami')
    expect(json).toMatchObject({ errcode: 'M_UNKNOWN_TOKEN', soft_logout: true })
    await as(second.access_token).ok('GET', '/account/whoami')
  })
})
