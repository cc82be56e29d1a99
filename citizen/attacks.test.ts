import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { CitizenBrowser } from '#testing/citizen-browser.ts'
import { CitizenOffice } from '#testing/citizen-office.ts'

let office: CitizenOffice
let reminders: string
let people = 0

beforeAll(async () => {
  office = await CitizenOffice.open()
  reminders = await office.purpose('reminders')
})
afterAll(() => office[Symbol.asyncDispose]())

async function known(more: object = {}) {
  const to = `+49151004${String(++people).padStart(5, '0')}`
  return { to, id: await office.citizen(to, [reminders], more) }
}

const browser = () => new CitizenBrowser(() => office.town.url)
const allowed = async (id: string) => (await office.send(id, reminders, 'May we?')).status
const ask = (path: string, headers: Record<string, string> = {}, body?: URLSearchParams) =>
  fetch(office.town.url + path, {
    redirect: 'manual',
    headers,
    ...(body !== undefined && { method: 'POST', body }),
  })

describe('a page elsewhere', () => {
  it('sends no form in her name, with or without a session', async () => {
    const { to, id } = await known()
    const her = await office.browserOf(to)
    const form = /name="form" value="([^"]+)"/.exec(her.page)?.[1] ?? ''
    const other = await office.browserOf((await known()).to)
    const foreign = /name="form" value="([^"]+)"/.exec(other.page)?.[1] ?? ''
    for (const [token, headers] of [
      ['', {}],
      [foreign, {}],
      [form, { 'sec-fetch-site': 'cross-site' }],
      [form, { 'sec-fetch-site': 'same-site' }],
      [form, { origin: 'https://elsewhere.example' }],
      [form, { origin: 'null' }],
    ] as const) {
      const answer = await ask(
        '/c/main/stop',
        { cookie: her.cookies, ...headers },
        new URLSearchParams({ form: token }),
      )
      expect(answer.status, JSON.stringify(headers)).toBe(403)
    }
    expect(await allowed(id)).toBe(202)
    // The pages of somebody else are not opened in her browser.
    const headers = { 'sec-fetch-site': 'cross-site' }
    const opened = await ask('/c/main/enter', headers, new URLSearchParams({ id: 'a'.repeat(22), code: '123456' }))
    expect([opened.status, opened.headers.get('set-cookie')]).toEqual([403, null])
  })

  it('neither frames the pages, nor reads them, nor learns of them by links from them', async () => {
    const her = await office.browserOf((await known()).to)
    await her.open('/c/main/messages')
    expect(Object.fromEntries(her.headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'access-control-allow-origin': 'http://town.example',
      'cache-control': 'no-store',
    })
  })
})

describe('whoever follows links', () => {
  it('changes nothing: mail scanners look at everything that a mail holds', async () => {
    const { to, id } = await known()
    await office.clerk.ok('PUT', `/api/v1/people/${id}/preferences`, { channels: ['sms'] })
    const sent = await office.send(id, reminders, 'A canary diagnosis.', { sensitivity: 'sensitive' })
    const { attempts } = await office.clerk.ok('GET', `/api/v1/sends/${sent.json.id}`)
    await expect.poll(() => office.simulator.received(to).length, { interval: 20 }).toBe(1)
    const link = /\/c\/i\/[\w-]+/.exec(office.newest(to))?.[0] ?? ''
    for (const path of [`/c/u/${attempts[0].id}`, link]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) await fetch(office.town.url + path, { method })
      expect(await (await fetch(office.town.url + path)).text()).not.toContain('canary')
    }
    expect(await allowed(id)).toBe(202)
    const after = await office.clerk.ok('GET', `/api/v1/sends/${sent.json.id}`)
    expect(after.attempts[0].state).not.toBe('read')
    // What changes something does so by POST alone.
    const her = await office.browserOf(to)
    for (const page of ['stop', 'start', 'undo', 'leave', 'code', 'enter', 'prove/code', 'prove/second'])
      expect((await ask(`/c/main/${page}`, { cookie: her.cookies })).status, page).toBe(405)
    await her.open('/c/main/choices')
    expect(her.path).toBe('/c/main/choices')
  })

  it('is led nowhere but to these pages', async () => {
    const { to } = await known()
    const her = await office.browserOf(to)
    for (const path of ['/c/main?ended=//evil.example', '/c/i/evil.example', '/c/main/leave?to=//evil.example']) {
      const place = (await ask(path, { cookie: her.cookies })).headers.get('location') ?? '/c/'
      expect(place).toMatch(/^\/c\//)
    }
    const form = /name="form" value="([^"]+)"/.exec(her.page)?.[1] ?? ''
    const left = await ask(
      '/c/main/leave',
      { cookie: her.cookies },
      new URLSearchParams({ form, to: '//evil.example' }),
    )
    expect(left.headers.get('location')).toBe('/c/main')
  })
})

describe('codes', () => {
  it('are in no page and no copy while they are good, so that one address does not open the other', async () => {
    const [one, two] = [`+49151005${String(++people).padStart(5, '0')}`, `+49151006${String(people).padStart(5, '0')}`]
    const addresses = [one, two].map((value) => ({ kind: 'sms', value, verified: true }))
    const id = await office.citizen(one, [], { addresses })
    const her = await office.browserOf(one)
    const other = browser()
    await other.open('/c/main')
    const code = await office.codeTo(two, () => other.submit('/c/main/code', { address: two }))
    for (const page of ['messages', 'history', 'choices', 'data']) {
      expect(await her.open(`/c/main/${page}`)).not.toContain(code)
    }
    const { json } = await office.clerk.call('GET', `/api/v1/people/${id}/export`)
    expect(JSON.stringify(json)).toContain(two)
    expect(JSON.stringify(json)).not.toContain(code)
  })

  it('are not guessed: five tries each, three at once, and few in a day', async () => {
    const { to } = await known()
    const her = browser()
    const ids: string[] = []
    for (let n = 0; n < limits.citizenCodesMax; n += 1) {
      await her.open('/c/main')
      await office.codeTo(to, () => her.submit('/c/main/code', { address: to }))
      ids.push(/name="id" value="([^"]+)"/.exec(her.page)?.[1] ?? '')
    }
    const code = /^\d{6}/.exec(office.newest(to))?.[0] ?? ''
    const wrong = code === '000000' ? '000001' : '000000'
    // All at once gains nothing.
    const tries = Array.from({ length: 12 }, (_, n) => (n < 11 ? wrong : code))
    const id = ids.at(-1) ?? ''
    for (const one of tries.slice(0, 5)) await her.post('/c/main/enter', { id, code: one })
    await her.post('/c/main/enter', { id, code })
    expect(her.status).toBe(400)
    await office.town.postgres.run('update citizen_code set expires_ts = expires_ts - $1', [limits.citizenCodeMs])
    const spent = limits.citizenCodesADayMax - limits.citizenCodesMax
    await office.town.postgres.run(
      `insert into citizen_code select id || n, agency_id, address_id, code_hash, 0, expires_ts
       from citizen_code, generate_series(1, $2) as n where id = $1`,
      [id, spent],
    )
    const before = office.simulator.received(to).length
    await her.open('/c/main')
    await her.submit('/c/main/code', { address: to })
    expect([her.status, office.simulator.received(to).length]).toEqual([200, before])
  })

  it('open nothing in another agency, and nothing twice', async () => {
    await office.clerk.ok('POST', '/api/v1/agencies', { key: 'parks', name: 'Parks' })
    const { to } = await known()
    const her = browser()
    await her.open('/c/main')
    const code = await office.codeTo(to, () => her.submit('/c/main/code', { address: to }))
    const id = /name="id" value="([^"]+)"/.exec(her.page)?.[1] ?? ''
    await her.post('/c/parks/enter', { id, code })
    expect([her.status, her.cookies]).toEqual([400, ''])
    const hers = await office.browserOf(to)
    expect((await ask('/c/parks/choices', { cookie: hers.cookies })).headers.get('location')).toBe('/c/parks?ended=1')
  })
})

describe('whoever asks too often', () => {
  it('is told so on a page', async () => {
    await using crowded = await CitizenOffice.open({ rateLimits: true })
    const headers = { 'accept-language': 'de' }
    const body = new URLSearchParams({ address: 'nobody@x.example' })
    const asked = () => fetch(`${crowded.town.url}/c/main/code`, { method: 'POST', headers, body })
    let last = await asked()
    for (let n = 0; n < 25 && last.status === 200; n += 1) last = await asked()
    expect([last.status, last.headers.get('content-type')]).toEqual([429, 'text/html; charset=utf-8'])
    expect(await last.text()).toContain('Das war zu oft.')
  })
})

describe('sessions', () => {
  it('are new with every code, never what a browser brought', async () => {
    const { to } = await known()
    const fixed = 'a'.repeat(43)
    const her = browser()
    await her.open('/c/main')
    const code = await office.codeTo(to, () => her.submit('/c/main/code', { address: to }))
    const id = /name="id" value="([^"]+)"/.exec(her.page)?.[1] ?? ''
    const answer = await ask(
      '/c/main/enter',
      { cookie: `chancery_citizen=${fixed}` },
      new URLSearchParams({ id, code }),
    )
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^chancery_citizen=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(cookie).not.toContain(fixed)
    const fixedAsks = await ask('/c/main/choices', { cookie: `chancery_citizen=${fixed}` })
    expect(fixedAsks.headers.get('location')).toBe('/c/main?ended=1')
  })

  it('end on the server when she leaves', async () => {
    const her = await office.browserOf((await known()).to)
    const { cookies } = her
    await her.submit('/c/main/leave')
    expect((await ask('/c/main/choices', { cookie: cookies })).headers.get('location')).toBe('/c/main?ended=1')
  })
})

describe('words from outside', () => {
  it('stay words: names, titles, wordings, languages and parameters', async () => {
    const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>' {{ 7*7 }}`
    const wordings = { en: evil }
    const wish = { agency: 'main', key: 'evil', title: evil, basis: 'consent', wordings }
    const { id: purpose } = await office.clerk.ok('POST', '/api/v1/purposes', wish)
    const { to, id } = await known({ name: evil, language: 'en' })
    await office.clerk.ok('POST', `/api/v1/people/${id}/openings`, { reason: evil })
    await office.send(id, reminders, evil)
    const her = await office.browserOf(to)
    await her.submit('/c/main/choices', { [`p-${purpose}`]: 'yes', language: `"><b>`, 'quiet-until': evil })
    expect(her.status).toBe(400)
    const pages = [her.page]
    await her.open('/c/main/choices')
    await her.submit('/c/main/choices', { [`p-${purpose}`]: 'yes', language: `"><b>` })
    const query = encodeURIComponent(evil)
    for (const page of ['choices', 'messages', 'history', `history?before=${query}`, `prove?for=${query}`])
      pages.push(await her.open(`/c/main/${page}`))
    for (const page of pages) {
      expect(page).not.toMatch(/<script|<img|<b>{{|onerror=alert\(1\)>(?!&)/)
      expect(page).toContain('<!doctype html>')
    }
    expect(pages.join('')).toContain('&lt;script&gt;alert(1)')
  })

  it('get into no header', async () => {
    const answer = await ask('/c/main?lang=de%0d%0aset-cookie:%20x=1', {
      'accept-language': 'de;q=0.9,"><script>,xx-%0d%0a',
      cookie: 'chancery_lang=%0d%0aevil',
    })
    expect([answer.status, answer.headers.get('set-cookie'), answer.headers.get('content-language')]).toEqual([
      200,
      null,
      'de',
    ])
  })
})
