import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CitizenOffice } from '#testing/citizen-office.ts'
import type { TownPerson } from '#testing/town-person.ts'

let office: CitizenOffice
let clerk: TownPerson
let reminders: string
let people = 0
beforeAll(async () => {
  office = await CitizenOffice.open()
  clerk = office.clerk
  reminders = await office.purpose('reminders')
})
afterAll(() => office[Symbol.asyncDispose]())

const number = () => `+49152000${String(++people).padStart(5, '0')}`
const soon = (look: () => unknown) => expect.poll(look, { interval: 20, timeout: 10_000 })
const path = (id: string, rest = '') => `/api/v1/people/${id}${rest}`

async function someone(more: object = {}) {
  const to = number()
  return { to, id: await office.citizen(to, [], more) }
}
const agree = (id: string, act = 'grant') => clerk.ok('POST', path(id, '/consents'), { purposeId: reminders, act })

describe('consent by the API', () => {
  it('lets a send go, gives a receipt, ends, and is taken back', async () => {
    const { id } = await someone()
    expect((await office.send(id, reminders, 'x')).json.error.code).toBe('no-consent')
    const { id: event, receipt } = await agree(id)
    expect(JSON.stringify(receipt)).toContain('We may write to you about reminders.')
    expect((await office.send(id, reminders, 'x')).status).toBe(202)
    const { id: ended } = await agree(id, 'withdraw')
    expect((await office.send(id, reminders, 'x')).status).toBe(409)
    await clerk.ok('POST', path(id, `/consents/${ended}/undo`), {})
    expect((await office.send(id, reminders, 'x')).status).toBe(202)
    const { events } = await clerk.ok('GET', path(id, '/consents'))
    expect(events.map((one: { act: string }) => one.act)).toEqual(['undo', 'withdraw', 'grant'])
    expect(events.at(-1).id).toBe(event)
    const chain = await clerk.ok('GET', '/api/v1/agencies/main/consent_chain')
    expect(chain).toMatchObject({ whole: true })
  })

  it('that was asked for twice counts once she confirms the code that went to her', async () => {
    const { to, id } = await someone({ language: 'de' })
    await agree(id, 'request')
    expect((await office.send(id, reminders, 'x')).status).toBe(409)
    const { addresses } = await clerk.ok('GET', path(id))
    const address = path(id, `/addresses/${addresses[0].id}`)
    await clerk.ok('POST', `${address}/code`, { purposeId: reminders })
    await soon(() => office.simulator.received(to).at(-1)).toMatch(/Damit stimmen Sie zu: reminders/)
    const code = /\d{6}/.exec(office.simulator.received(to).at(-1) ?? '')?.[0] ?? ''
    const wrong = await clerk.call('POST', `${address}/confirm`, {
      body: { code: code === '111111' ? '222222' : '111111' },
    })
    expect(wrong.status).toBe(403)
    await clerk.ok('POST', `${address}/confirm`, { code })
    expect((await office.send(id, reminders, 'x')).status).toBe(202)
  })

  it('is confirmed by nobody who has her address after her', async () => {
    const [one, two] = [await someone(), await someone()]
    await agree(one.id, 'request')
    const { addresses } = await clerk.ok('GET', path(one.id))
    await clerk.ok('POST', path(one.id, `/addresses/${addresses[0].id}/code`), { purposeId: reminders })
    await soon(() => office.simulator.received(one.to).at(-1)).toMatch(/^\d{6} /)
    const code = /\d{6}/.exec(office.simulator.received(one.to).at(-1) ?? '')?.[0] ?? ''
    await clerk.ok('DELETE', path(one.id, `/addresses/${addresses[0].id}`))
    const moved = await clerk.ok('POST', path(two.id, '/addresses'), { kind: 'sms', value: one.to })
    const confirmed = await clerk.call('POST', path(two.id, `/addresses/${moved.id}/confirm`), { body: { code } })
    expect(confirmed.status).toBe(403)
    const { standing } = await clerk.ok('GET', path(one.id, '/consents'))
    expect(standing.map((at: { state: string }) => at.state)).toEqual(['requested'])
  })
})

describe('records', () => {
  it('are merged by nobody who has no reason to see both', async () => {
    const hers = await someone()
    const colleague = await office.town.person('merger', { role: 'owner' })
    await clerk.ok('PUT', `/api/v1/agencies/main/staff/${encodeURIComponent(colleague.id)}`)
    const own = await colleague.ok('POST', '/api/v1/people', { name: 'Somebody', addresses: [] })
    const merge = () => colleague.call('POST', path(own.id, '/merge'), { body: { absorb: hers.id } })
    expect((await merge()).json).toMatchObject({ error: { code: 'reason-needed' } })
    await colleague.ok('POST', path(hers.id, '/openings'), { reason: 'She is in two records.' })
    expect((await merge()).status).toBe(200)
  })

  it('are merged, which asks her address once more what holds, and are parted again', async () => {
    const [one, two] = [await someone(), await someone()]
    await agree(two.id)
    const { mergeId } = await clerk.ok('POST', path(one.id, '/merge'), { absorb: two.id })
    const merged = await clerk.ok('GET', path(one.id))
    expect(merged.addresses.map((at: { value: string }) => at.value).sort()).toEqual([one.to, two.to].sort())
    await clerk.ok('POST', `/api/v1/merges/${mergeId}/undo`, {})
    const parted = await clerk.ok('GET', path(one.id))
    expect(parted.addresses.map((at: { value: string }) => at.value)).toEqual([one.to])
    expect((await office.send(two.id, reminders, 'x')).status).toBe(202)
  })

  it('are found by name and address, and by nobody of another agency', async () => {
    const { id, to } = await someone({ name: 'Maryam Zebra Ostadi' })
    const found = await clerk.ok('POST', '/api/v1/people/search', { name: 'ostadi zebra' })
    expect(found.people.map((one: { id: string }) => one.id)).toEqual([id])
    const by = await clerk.ok('POST', '/api/v1/people/search', { address: to })
    expect(by.people.map((one: { id: string }) => one.id)).toEqual([id])
    await clerk.ok('POST', '/api/v1/agencies', { key: 'other', name: 'Other' })
    const other = await office.town.person('other', { role: 'owner' })
    await clerk.ok('PUT', `/api/v1/agencies/other/staff/${encodeURIComponent(other.id)}`)
    const asked = [
      await other.call('GET', path(id)),
      await other.call('GET', path(id, '/consents')),
      await other.call('GET', path(id, '/export')),
      await other.call('POST', path(id, '/erase'), { body: {} }),
      await other.call('POST', path(id, '/consents'), { body: { purposeId: reminders } }),
    ]
    expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 404))
    const nothing = await other.call('POST', '/api/v1/people/search', { body: { agency: 'other', name: 'zebra' } })
    expect(JSON.stringify(nothing.json)).not.toContain('Zebra')
  })
})

/** Every column of every table as text: what somebody finds who has the database. */
async function everything(): Promise<string> {
  const { postgres } = office.town
  const tables = await postgres.rows<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const texts: string[] = []
  for (const { name } of tables) {
    const rows = await postgres.rows<{ text: string }>(`select row_to_json(t)::text as text from "${name}" t`)
    texts.push(...rows.map(({ text }) => text))
  }
  return texts.join('\n')
}

describe('erasure', () => {
  it('leaves the suppression of her number and what proves her consent, and no word or address of hers', async () => {
    const { id, to } = await someone({ name: 'Canary Erasmia' })
    await agree(id)
    await office.send(id, reminders, 'A canary message')
    await soon(() => office.simulator.received(to).length).toBe(1)
    await office.simulator.text(to, '+4930111222', 'STOP')
    await soon(async () => (await office.send(id, reminders, 'x')).status).toBe(409)
    const shown = await clerk.ok('GET', path(id, '/export'))
    expect(JSON.stringify(shown)).toContain('Canary Erasmia')
    expect(JSON.stringify(shown)).toContain('A canary message')
    const { stays } = await clerk.ok('POST', path(id, '/erase'), {})
    expect(stays.length).toBeGreaterThan(0)
    expect((await clerk.call('GET', path(id, '/export'))).status).toBeGreaterThanOrEqual(400)
    const gone = await clerk.call('GET', path(id))
    expect(JSON.stringify(gone.json)).not.toContain('Canary')
    const left = await everything()
    for (const canary of ['Canary', 'canary', 'Erasmia', to.slice(1)]) expect(left).not.toContain(canary)
    const chain = await clerk.ok('GET', '/api/v1/agencies/main/consent_chain')
    expect(chain).toMatchObject({ whole: true })
    const again = await office.citizen(to)
    await agree(again).catch(() => undefined)
    expect((await office.send(again, reminders, 'x')).status).toBe(409)
  })
})
