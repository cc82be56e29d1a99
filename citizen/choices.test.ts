import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clock, systemClock } from '#platform/api.ts'
import { CitizenBrowser } from '#testing/citizen-browser.ts'
import { CitizenOffice, officeNumber } from '#testing/citizen-office.ts'

const dayMs = 24 * 3_600_000
let shiftMs = 0
const clock: Clock = { nowMs: () => Date.now() + shiftMs, sleep: (ms, signal) => systemClock.sleep(ms, signal) }

let office: CitizenOffice
let reminders: string
let surveys: string
let people = 0

beforeAll(async () => {
  office = await CitizenOffice.open({ clock })
  reminders = await office.purpose('reminders')
  surveys = await office.purpose('surveys')
})
afterAll(() => office[Symbol.asyncDispose]())

async function known(agreesTo: readonly string[] = [], more: object = {}) {
  const to = `+49151002${String(++people).padStart(5, '0')}`
  return { to, id: await office.citizen(to, agreesTo, more) }
}

const allowed = async (id: string, purpose: string) => (await office.send(id, purpose, 'May we?')).status
const day = (inDays: number) => new Date(clock.nowMs() + inDays * dayMs).toISOString().slice(0, 10)

describe('what she said', () => {
  it('is taken back from her history while it is the newest, and for 30 days', async () => {
    const { to, id } = await known([reminders])
    const her = await office.browserOf(to)
    await her.submit('/c/main/choices', { [`p-${reminders}`]: 'no', [`p-${surveys}`]: 'yes' })
    expect(her.text).toContain('We no longer write about: reminders.')
    expect(her.text).toContain('From now on we write about: surveys.')
    await her.open('/c/main/history')
    // Newest first: surveys, reminders; the agreement before it cannot be taken back any more.
    expect(her.page.match(/action="\/c\/main\/undo"/g)).toHaveLength(2)
    await her.submit('/c/main/undo')
    expect([await allowed(id, surveys), await allowed(id, reminders)]).toEqual([409, 409])
    shiftMs += 31 * dayMs
    const later = await office.browserOf(to)
    await later.open('/c/main/history')
    expect(later.page).not.toContain('action="/c/main/undo"')
  })

  it('is told as it stands in her history, whatever a link says', async () => {
    const [one, other] = [await known([reminders]), await known([reminders])]
    const hers = await office.browserOf(one.to)
    await hers.submit('/c/main/choices', { [`p-${reminders}`]: 'no' })
    const event = /name="events" value="([^"]+)"/.exec(hers.page)?.[1] ?? ''
    const theirs = await office.browserOf(other.to)
    await theirs.open(`/c/main/choices?saved=${event}`)
    expect(theirs.text).not.toContain('We no longer write')
    expect(theirs.page).not.toContain(event)
  })

  it('holds against a STOP from the address that she proved, and only there', async () => {
    const { to, id } = await known([reminders, surveys])
    await office.send(id, reminders, 'Bins')
    await expect.poll(() => office.simulator.received(to).length, { interval: 20 }).toBe(1)
    await office.simulator.text(to, officeNumber, 'STOP ALL')
    await expect.poll(() => allowed(id, reminders), { interval: 50, timeout: 10_000 }).toBe(409)
    const her = await office.browserOf(to)
    await her.submit('/c/main/choices', { [`p-${surveys}`]: 'yes' })
    // It still stands, and the page says so.
    expect(await allowed(id, surveys)).toBe(409)
    expect(her.text).toContain('You wrote STOP to everything')
    await her.submit('/c/main/start')
    expect(her.text).toContain('We may write to you there again.')
    expect([await allowed(id, surveys), await allowed(id, reminders)]).toEqual([202, 202])
  })

  it('ends a STOP to one programme by a Yes to it', async () => {
    const { to, id } = await known([reminders])
    const address = await office.engagement.people.addressOf(1, 'sms', to)
    const purpose = await office.engagement.purposes.byPublicId(reminders)
    await office.town.postgres.transaction((tx) =>
      office.engagement.consent.stop(tx, {
        addressId: address?.id ?? 0,
        scope: { purposeId: purpose?.id ?? 0 },
        channelId: 'sms',
        source: 'sms',
        proofKey: `test ${to}`,
        atMs: clock.nowMs(),
      }),
    )
    expect(await allowed(id, reminders)).toBe(409)
    const her = await office.browserOf(to)
    await her.submit('/c/main/choices', { [`p-${reminders}`]: 'yes' })
    expect(await allowed(id, reminders)).toBe(202)
  })
})

describe('who opened her record', () => {
  it('stands there with when and why, and without the name', async () => {
    const { to, id } = await known()
    const reason = 'She asked at the <counter> where her letter is.'
    await office.clerk.ok('POST', `/api/v1/people/${id}/openings`, { reason })
    const her = await office.browserOf(to)
    await her.open('/c/main/history')
    expect(her.text).toContain('Somebody who works for')
    expect(her.page).toContain('She asked at the &lt;counter&gt; where her letter is.')
    expect(her.page).not.toContain('clerk')
    const { to: another } = await known()
    const other = await office.browserOf(another)
    await other.open('/c/main/history')
    expect(other.page).not.toContain('She asked at the')
  })
})

describe('how we write', () => {
  it('waits until the day that she named, and says what is no day', async () => {
    const { to, id } = await known([reminders])
    const her = await office.browserOf(to)
    await her.submit('/c/main/choices', { 'quiet-until': day(-1), from: '20:00', w1: 'inbox' })
    expect(her.status).toBe(400)
    expect(her.page).toContain('<title>Please correct: How may we write to you?')
    expect(her.page).toContain('<a href="#quiet-until">Quiet until: this day is over.')
    expect(her.page).toContain('<a href="#to">Choose both hours, or neither.')
    // What she had chosen is still there.
    expect(her.page).toMatch(/<option value="inbox" selected>/)
    await her.submit('/c/main/choices', { 'quiet-until': day(400), to: '08:00' })
    expect(her.text).toContain('choose a day within a year')
    await her.submit('/c/main/choices', { 'quiet-until': day(2), from: '', to: '', w1: 'sms' })
    expect(her.status).toBe(200)
    const before = office.simulator.received(to).length
    const sent = await office.send(id, reminders, 'Bins')
    const { attempts } = await office.clerk.ok('GET', `/api/v1/sends/${sent.json.id}`)
    expect(attempts[0].state).toBe('queued')
    expect(office.simulator.received(to)).toHaveLength(before)
  })

  it('offers the ways on which she can be reached, and tells nobody her numbers', async () => {
    const second = `+49151003${String(people).padStart(5, '0')}`
    const to = `+49151002${String(++people).padStart(5, '0')}`
    const addresses = [to, second].map((value) => ({ kind: 'sms', value, verified: true }))
    await office.citizen(to, [], { addresses })
    const her = await office.browserOf(to)
    expect(her.page).not.toContain(second)
    expect(her.page).not.toContain('value="mail"')
    expect(her.text).toContain(`SMS to the number ending ${to.slice(-4)}, ${second.slice(-4)}`)
  })

  it('keeps a language that is not listed', async () => {
    const { to, id } = await known([], { language: 'ti' })
    await office.clerk.ok('PUT', `/api/v1/people/${id}/preferences`, { language: 'ti', formats: ['plain-text'] })
    const her = await office.browserOf(to)
    await her.submit('/c/main/choices', {})
    expect(await office.clerk.ok('GET', `/api/v1/people/${id}/preferences`)).toMatchObject({
      language: 'ti',
      formats: ['plain-text'],
    })
  })
})

describe('the language of the pages', () => {
  it('is the one that she chose, before and after she signs in', async () => {
    const { to } = await known()
    const her = new CitizenBrowser(() => office.town.url)
    await her.open('/c/main?lang=de')
    const code = await office.codeTo(to, () => her.submit('/c/main/code', { address: to }))
    expect(her.page).toContain('<html lang="de"')
    expect(office.newest(to)).toContain('ist Ihr Code')
    await her.submit('/c/main/enter', { code })
    expect(her.page).toContain('<html lang="de"')
    await her.submit('/c/main/leave')
    expect([her.path, her.page.includes('<html lang="de"')]).toEqual(['/c/main', true])
  })

  it('is the one in which she wants to be written to, where she chose none', async () => {
    const { to, id } = await known()
    await office.clerk.ok('PUT', `/api/v1/people/${id}/preferences`, { language: 'de' })
    const her = await office.browserOf(to)
    expect(her.page).toContain('<html lang="de"')
    await her.submit('/c/main/choices', { language: 'en' })
    expect(her.page).toContain('<html lang="en"')
  })
})
