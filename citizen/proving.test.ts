import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clock, limits, systemClock } from '#platform/api.ts'
import { CitizenBrowser } from '#testing/citizen-browser.ts'
import { CitizenOffice } from '#testing/citizen-office.ts'

const dayMs = 24 * 3_600_000
let shiftMs = 0
const clock: Clock = { nowMs: () => Date.now() + shiftMs, sleep: (ms, signal) => systemClock.sleep(ms, signal) }

let office: CitizenOffice
let reminders: string
let people = 0

beforeAll(async () => {
  office = await CitizenOffice.open({ clock })
  reminders = await office.purpose('reminders')
})
afterAll(() => office[Symbol.asyncDispose]())

const number = () => `+49151001${String(++people).padStart(5, '0')}`

/** Somebody with two telephones, to whom something private was written. */
async function withTwo(more: object = {}) {
  const [one, two] = [number(), number()]
  const addresses = [one, two].map((value) => ({ kind: 'sms', value, verified: true }))
  const id = await office.citizen(one, [reminders], { addresses, ...more })
  const sent = await office.send(id, reminders, 'A canary diagnosis.', { sensitivity: 'sensitive' })
  expect(sent.status).toBe(202)
  return { one, two, id }
}

const agree = (id: string, word: string) =>
  office.clerk.call('PUT', `/api/v1/people/${id}/code-word`, { body: { word } })

describe('a word from the counter', () => {
  it('is set by who may see records, read by nobody, and told to her', async () => {
    const { one, id } = await withTwo()
    expect((await agree(id, 'Blue Heron')).status).toBe(200)
    expect((await agree(id, 'short')).status).toBe(400)
    const colleague = await office.town.person(`reader${people}`, { role: 'member' })
    const asked = await colleague.call('PUT', `/api/v1/people/${id}/code-word`, { body: { word: 'Blue Heron' } })
    expect(asked.status).toBe(403)
    const her = await office.browserOf(one)
    await her.open('/c/main/history')
    expect(her.text).toContain('A code word was agreed at the counter.')
    const rows = await office.town.postgres.rows<{ sealed: Buffer }>('select sealed_word as sealed from citizen_word')
    expect(rows.every(({ sealed }) => !sealed.toString('latin1').toLowerCase().includes('heron'))).toBe(true)
  })

  it('ends after five wrong tries, also for the right one, until it is agreed anew', async () => {
    const { one, id } = await withTwo()
    await agree(id, 'Blue Heron')
    const her = await office.browserOf(one)
    await her.open('/c/main/prove')
    for (let n = 0; n < 5; n += 1) await her.submit('/c/main/prove', { word: 'red heron' })
    expect(her.text).toContain('There were five wrong tries')
    const form = /name="form" value="([^"]+)"/.exec(her.page)?.[1] ?? ''
    await her.post('/c/main/prove', { form, word: 'Blue Heron' })
    expect(her.status).toBe(400)
    await agree(id, 'Grey Crane')
    await her.open('/c/main/prove')
    await her.submit('/c/main/prove', { word: ' grey  CRANE ' })
    expect([her.path, her.text.includes('A canary diagnosis.')]).toEqual(['/c/main/messages', true])
  })

  it('opens nothing for whoever has the address after her record was parted', async () => {
    const { one, id } = await withTwo()
    await agree(id, 'Blue Heron')
    const her = await office.browserOf(one)
    await her.open('/c/main/prove')
    await her.submit('/c/main/prove', { word: 'blue heron' })
    await her.open('/c/main/messages')
    expect(her.text).toContain('A canary diagnosis.')
    const { addresses } = await office.clerk.ok('GET', `/api/v1/people/${id}`)
    const { id: addressId } = addresses.find(({ value }: { value: string }) => value === one)
    const parted = { addresses: [addressId], name: 'Somebody else' }
    const other = await office.clerk.ok('POST', `/api/v1/people/${id}/split`, parted)
    await office.clerk.ok('POST', `/api/v1/people/${other.id}/consents`, { purposeId: reminders })
    const sent = await office.send(other.id, reminders, 'Another canary.', { sensitivity: 'sensitive' })
    expect(sent.status).toBe(202)
    await her.open('/c/main/messages')
    expect([her.status, her.text.includes('canary')]).toEqual([200, false])
  })

  it('changes the session, so that whoever saw the old one gains nothing', async () => {
    const { one, id } = await withTwo()
    await agree(id, 'Blue Heron')
    const her = await office.browserOf(one)
    const before = her.cookies
    await her.open('/c/main/prove')
    await her.submit('/c/main/prove', { word: 'blue heron' })
    expect(her.cookies).not.toBe(before)
    const thief = await fetch(`${office.town.url}/c/main/messages`, { headers: { cookie: before }, redirect: 'manual' })
    expect([thief.status, thief.headers.get('location')]).toEqual([303, '/c/main?ended=1'])
  })
})

describe('a second address and a word of her own', () => {
  it('open what is private a day after she chose it, and her other address heard of it', async () => {
    const { one, two } = await withTwo()
    const her = await office.browserOf(one)
    await her.open('/c/main/prove')
    expect(her.text).toContain('you first choose a word of your own')
    expect(her.page).not.toContain(two)
    await her.open('/c/main/word')
    await her.submit('/c/main/word', { word: 'abc' })
    expect([her.status, her.page.includes('<title>Please correct:')]).toEqual([400, true])
    await her.submit('/c/main/word', { word: 'stone under water' })
    expect(her.text).toContain('Kept.')
    await expect.poll(() => office.newest(two), { interval: 20, timeout: 10_000 }).toContain('A word of your own')
    await her.open('/c/main/prove')
    expect(her.text).toContain('Your own word counts from')

    shiftMs += limits.citizenOwnWordWaitMs
    const later = await office.browserOf(one)
    await later.open('/c/main/prove')
    expect(later.text).toContain(`the number ending ${two.slice(-4)}`)
    const code = await office.codeTo(two, () => later.submit('/c/main/prove/code'))
    await later.submit('/c/main/prove/second', { code, word: 'Stone under Water' })
    expect(later.text).toContain('A canary diagnosis.')
    await later.open('/c/main/choices')
    expect(later.page).toContain(two)
  })

  it('are both needed: neither the word alone, nor a code to the first address, nor somebody else’s', async () => {
    const { one, two } = await withTwo()
    const other = await withTwo()
    const her = await office.browserOf(one)
    await her.open('/c/main/word')
    await her.submit('/c/main/word', { word: 'stone under water' })
    shiftMs += dayMs
    const later = await office.browserOf(one)
    const form = /name="form" value="([^"]+)"/.exec(later.page)?.[1] ?? ''
    const word = 'stone under water'

    // A code to the address that is proven already.
    await later.open('/c/main')
    const stranger = new CitizenBrowser(() => office.town.url)
    await stranger.open('/c/main')
    const first = await office.codeTo(one, () => stranger.submit('/c/main/code', { address: one }))
    const id = /name="id" value="([^"]+)"/.exec(stranger.page)?.[1] ?? ''
    await later.post('/c/main/prove/second', { form, id, code: first, word })
    expect(later.status).toBe(400)

    // A code to an address of somebody else.
    await stranger.open('/c/main')
    const theirs = await office.codeTo(other.one, () => stranger.submit('/c/main/code', { address: other.one }))
    const theirId = /name="id" value="([^"]+)"/.exec(stranger.page)?.[1] ?? ''
    await later.post('/c/main/prove/second', { form, id: theirId, code: theirs, word })
    expect(later.status).toBe(400)

    // The right code, and a word that is not hers.
    await later.open('/c/main/prove')
    const code = await office.codeTo(two, () => later.submit('/c/main/prove/code'))
    await later.submit('/c/main/prove/second', { code, word: 'stone under fire' })
    expect(later.status).toBe(400)
    // A code is good once, whatever came with it.
    await later.submit('/c/main/prove/second', { code, word })
    expect(later.status).toBe(400)
    await later.open('/c/main/messages')
    expect(later.page).not.toContain('canary')
  })

  it('never go to an address that is shared, unproven or read by others', async () => {
    const [one, two, three] = [number(), number(), number()]
    const addresses = [
      { kind: 'sms', value: one, verified: true },
      { kind: 'sms', value: two, verified: true, readByOthers: true },
      { kind: 'sms', value: three },
    ]
    await office.citizen(one, [], { addresses })
    const her = await office.browserOf(one)
    await her.open('/c/main/prove')
    expect(her.text).toContain('we have to know a second address as yours')
    await her.open('/c/main/word')
    await her.submit('/c/main/word', { word: 'stone under water' })
    expect([office.simulator.received(two), office.simulator.received(three)]).toEqual([[], []])
  })
})
