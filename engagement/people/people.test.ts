import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '#testing/town.ts'
import type { TownPerson } from '#testing/town-person.ts'

let town: Town
let clerk: TownPerson
let stranger: TownPerson
beforeAll(async () => {
  town = await startTown()
  clerk = await town.person('clerk', { role: 'administrator' })
  stranger = await town.person('stranger', { role: 'owner' })
  await clerk.ok('PUT', `/api/v1/agencies/main/staff/${encodeURIComponent(clerk.id)}`)
})
afterAll(() => town[Symbol.asyncDispose]())

describe('a fresh installation', () => {
  it('has one agency with the purpose of conversations', async () => {
    const { agencies } = await clerk.ok('GET', '/api/v1/agencies')
    expect(agencies).toEqual([{ key: 'main', name: 'Agency', country: 'ZZ', language: 'en', staff: true }])
    const { purposes } = await clerk.ok('GET', '/api/v1/purposes')
    expect(purposes).toMatchObject([{ key: 'conversation', basis: 'public-task', closed: false }])
  })

  it('does not exist for who does not work there', async () => {
    const answer = await stranger.call('POST', '/api/v1/people', { body: { name: 'Ada' } })
    expect([answer.status, answer.json.errcode]).toEqual([404, 'M_NOT_FOUND'])
    expect(answer.json.error).toEqual({
      code: 'M_NOT_FOUND',
      message: expect.stringContaining('There is no such thing'),
    })
    const unknown = await clerk.call('POST', '/api/v1/people', { body: { name: 'Ada', agency: 'nowhere' } })
    expect([unknown.status, unknown.json]).toEqual([answer.status, answer.json])
  })
})

describe('a person', () => {
  it('is created once for each Idempotency-Key', async () => {
    const body = { name: 'Ines Okafor', language: 'pt', addresses: [{ kind: 'sms', value: '+44 7700 900123' }] }
    const headers = { 'idempotency-key': 'first' }
    const answers = await Promise.all([1, 2, 3].map(() => clerk.call('POST', '/api/v1/people', { body, headers })))
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    expect(new Set(answers.map((answer) => answer.json.id)).size).toBe(1)
    expect(answers[0]?.json).toMatchObject({
      id: expect.stringMatching(/^p/),
      name: 'Ines Okafor',
      language: 'pt',
      addresses: [{ kind: 'sms', value: '+447700900123', verified: false }],
    })
    const other = await clerk.call('POST', '/api/v1/people', { body: { ...body, name: 'Eva' }, headers })
    expect([other.status, other.json.error.code]).toEqual([409, 'idempotency-key-reused'])
  })

  it('does not take an address of somebody else', async () => {
    const addresses = [{ kind: 'mail', value: 'Rosa@Example.org' }]
    await clerk.ok('POST', '/api/v1/people', { name: 'Rosa', addresses })
    const taken = await clerk.call('POST', '/api/v1/people', { body: { name: 'Rosalind', addresses } })
    expect([taken.status, taken.json.error.code]).toEqual([409, 'address-taken'])
    const wrong = await clerk.call('POST', '/api/v1/people', {
      body: { name: 'R', addresses: [{ kind: 'sms', value: '0171 1234' }] },
    })
    expect([wrong.status, wrong.json.errcode]).toEqual([400, 'M_INVALID_PARAM'])
  })

  it('may be given by several at once, also with the same addresses', async () => {
    const addresses = [
      { kind: 'sms', value: '+447700900200' },
      { kind: 'mail', value: 'race@example.org' },
    ]
    const wishes = [addresses, addresses.toReversed(), addresses, addresses.toReversed()]
    const answers = await Promise.all(
      wishes.map((list) => clerk.call('POST', '/api/v1/people', { body: { name: 'Race', addresses: list } })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409])
  })

  it('stands nowhere readable', async () => {
    const rows = await town.postgres.rows<{ all: string }>(
      `select string_agg(p::text, '') || (select string_agg(a::text, '') from address a)
         || (select string_agg(g::text, '') from address_gate g) || (select string_agg(u::text, '') from purpose u)
         || (select string_agg(w::text, '') from purpose_wording w)
         || (select string_agg(i::text, '') from idempotency i) as all from person p`,
    )
    for (const word of ['Ines', 'Okafor', '447700900123', 'example.org', 'conversation', 'public task', 'first']) {
      expect([word, rows[0]?.all.includes(word)]).toEqual([word, false])
      expect([word, rows[0]?.all.includes(Buffer.from(word).toString('hex'))]).toEqual([word, false])
    }
  })
})
