import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CitizenBrowser } from '#testing/citizen-browser.ts'
import { CitizenOffice } from '#testing/citizen-office.ts'

let office: CitizenOffice
let reminders: string
let surveys: string
let people = 0

beforeAll(async () => {
  office = await CitizenOffice.open()
  reminders = await office.purpose('reminders')
  surveys = await office.purpose('surveys')
})
afterAll(() => office[Symbol.asyncDispose]())

const number = () => `+49151000${String(++people).padStart(5, '0')}`
const browser = () => new CitizenBrowser(() => office.town.url)
const newest = (to: string) => office.simulator.received(to).at(-1) ?? ''
const soon = (look: () => unknown) => expect.poll(look, { interval: 20, timeout: 10_000 })

const signedIn = (to: string) => office.browserOf(to)

async function known(agreesTo: readonly string[] = [], more: object = {}) {
  const to = number()
  return { to, id: await office.citizen(to, agreesTo, more) }
}

describe('the way in', () => {
  it('is a code to an address that is known, good once, with few tries', async () => {
    const { to } = await known()
    const her = browser()
    await her.open('/c/main')
    await her.submit('/c/main/code', { address: to.replace('+49', '0') === to ? to : to })
    await soon(() => newest(to)).toMatch(/^\d{6} is your code/)
    const code = /\d{6}/.exec(newest(to))?.[0] ?? ''
    const wrong = code === '000000' ? '111111' : '000000'
    for (let n = 0; n < 4; n += 1) await her.submit('/c/main/enter', { code: wrong })
    expect([her.status, her.text.includes('does not fit')]).toEqual([400, true])
    const form = her.page
    await her.submit('/c/main/enter', { code })
    expect(her.path).toBe('/c/main/choices')
    const other = browser()
    other.page = form
    await other.submit('/c/main/enter', { code })
    expect(other.status).toBe(400)
  })

  it('says the same of an address that nobody knows, and sends nothing there', async () => {
    const to = number()
    const her = browser()
    await her.open('/c/main')
    const unknown = await her.submit('/c/main/code', { address: to })
    const { to: hers } = await known()
    const other = browser()
    await other.open('/c/main')
    const sent = await other.submit('/c/main/code', { address: hers })
    const plain = (page: string) => page.replace(/value="[^"]*"/g, '')
    expect(plain(unknown)).toBe(plain(sent))
    await soon(() => newest(hers)).toMatch(/code/)
    expect(office.simulator.received(to)).toEqual([])
  })

  it('does not lead where others read along, and not to a telephone that rings all day', async () => {
    const to = number()
    await office.citizen(to, [], { addresses: [{ kind: 'sms', value: to, readByOthers: true }] }).catch(() => undefined)
    const { to: rung } = await known()
    const her = browser()
    for (let n = 0; n < 6; n += 1) {
      await her.open('/c/main')
      await her.submit('/c/main/code', { address: rung })
    }
    await soon(() => office.simulator.received(rung).length).toBe(3)
  })

  it('explains what is no address, and keeps what was typed as text', async () => {
    const her = browser()
    await her.open('/c/main')
    const page = await her.submit('/c/main/code', { address: '"><script>alert(1)</script>' })
    expect(her.status).toBe(400)
    expect(page).toContain('&quot;&gt;&lt;script&gt;')
    expect(page).not.toContain('<script')
    expect(page).toContain('aria-invalid="true"')
  })

  it('is shut without a session, and to forms from elsewhere', async () => {
    const stranger = browser()
    await stranger.open('/c/main/choices')
    expect(stranger.path).toContain('/c/main?ended=1')
    const { to } = await known([reminders])
    const her = await signedIn(to)
    await her.post('/c/main/stop', { form: 'wrong' })
    expect(her.status).toBe(403)
    expect((await office.send(await idOf(to), reminders, 'still goes')).status).toBe(202)
  })
})

async function idOf(value: string): Promise<string> {
  const { people: book, agencies } = office.engagement
  const agency = await agencies.named('main')
  const address = await book.addressOf(agency.id, 'sms', value)
  return (await book.byId(address?.personId ?? 0))?.publicId ?? ''
}

describe('her choices', () => {
  it('are kept with the wording that she saw, end sending at once, and are taken back in one step', async () => {
    const { to, id } = await known([reminders])
    const her = await signedIn(to)
    expect(her.text).toContain('We may write to you about reminders.')
    await her.submit('/c/main/choices', { [`p-${reminders}`]: 'no', [`p-${surveys}`]: 'yes' })
    expect(her.text).toContain('Saved,')
    const refused = await office.send(id, reminders, 'no more')
    expect([refused.status, refused.json.error.code]).toEqual([409, 'no-consent'])
    expect((await office.send(id, surveys, 'a question')).status).toBe(202)
    await her.submit('/c/main/undo')
    expect(her.text).toContain('Taken back')
    expect((await office.send(id, reminders, 'again')).status).toBe(202)
    await her.open('/c/main/history')
    expect(her.text).toContain('You agreed to: surveys . You were shown: We may write to you about surveys.')
    expect(her.text).toContain('You took back a choice about: reminders')
  })

  it('end everything that can be ended, and nothing that the law asks', async () => {
    const duty = await office.purpose('fees', 'legal-duty')
    const { to, id } = await known([reminders, surveys])
    const her = await signedIn(to)
    await her.submit('/c/main/stop')
    expect(her.text).toContain('Everything that you can stop has stopped.')
    expect((await office.send(id, reminders, 'x')).status).toBe(409)
    expect((await office.send(id, surveys, 'x')).status).toBe(409)
    expect((await office.send(id, duty, 'You owe nothing.')).status).toBe(202)
  })

  it('are hers alone: events of others are not undone, and their receipts not had', async () => {
    const [one, other] = [await known([reminders]), await known([reminders])]
    const hers = await signedIn(one.to)
    await hers.submit('/c/main/choices', { [`p-${reminders}`]: 'no' })
    const event = /name="events" value="([^"]+)"/.exec(hers.page)?.[1] ?? ''
    expect(event).not.toBe('')
    const theirs = await signedIn(other.to)
    const form = /name="form" value="([^"]+)"/.exec(theirs.page)?.[1] ?? ''
    await theirs.post('/c/main/undo', { form, events: event })
    expect((await office.send(one.id, reminders, 'x')).status).toBe(409)
    await theirs.open(`/c/main/receipts/${event}`)
    expect(theirs.status).toBe(404)
    await hers.open(`/c/main/receipts/${event}`)
    expect(hers.headers.get('content-type')).toContain('application/json')
  })

  it('hold her ways, hours, language and forms', async () => {
    const { to } = await known()
    const her = await signedIn(to)
    const wishes = { w1: 'mail', w2: 'sms', from: '20:00', to: '08:00', 'easy-language': 'on', language: 'de' }
    await her.submit('/c/main/choices', wishes)
    const person = await office.engagement.people.byPublicId(await idOf(to))
    expect(await office.engagement.preferences.of(person?.id ?? 0)).toMatchObject({
      channels: ['mail', 'sms'],
      language: 'de',
      quietHours: { from: '20:00', to: '08:00' },
      formats: ['easy-language'],
    })
    await her.open('/c/main/choices?lang=de')
    expect(her.text).toContain('Wie dürfen wir Ihnen schreiben')
    await her.open('/c/main/choices')
    expect(her.page).toContain('<html lang="de"')
  })
})

describe('her messages', () => {
  it('are shown with why and by which way; private ones only to who knows the word too', async () => {
    const { to, id } = await known([reminders])
    await office.send(id, reminders, 'Bins tomorrow.')
    await office.send(id, reminders, 'A canary diagnosis.', { sensitivity: 'sensitive' })
    await soon(() => office.simulator.received(to).length).toBe(2)
    expect(office.simulator.received(to).join()).not.toContain('canary')
    const her = await signedIn(to)
    await her.open('/c/main/messages')
    expect(her.text).toContain('Bins tomorrow.')
    expect(her.text).toContain('Because of: reminders')
    expect(her.text).toContain('A private message.')
    expect(her.page).not.toContain('canary')
    await office.clerk.ok('PUT', `/api/v1/people/${id}/code-word`, { word: 'Blue Heron' })
    await her.open('/c/main/prove')
    await her.submit('/c/main/prove', { word: 'red heron' })
    expect(her.status).toBe(400)
    await her.submit('/c/main/prove', { word: ' blue  HERON ' })
    expect(her.path).toBe('/c/main/messages')
    expect(her.text).toContain('A canary diagnosis.')
  })

  it('are answered on the page, once', async () => {
    const { to, id } = await known([reminders])
    await office.send(id, reminders, 'Is Thursday right?')
    await soon(() => office.simulator.received(to).length).toBe(1)
    const her = await signedIn(to)
    await her.open('/c/main/messages')
    const action = /action="(\/c\/main\/messages\/[^"]+)"/.exec(her.page)?.[1] ?? ''
    const form = her.page
    await her.submit(action, { text: 'Yes, Thursday' })
    expect(her.text).toContain('Your answer has arrived.')
    her.page = form
    await her.submit(action, { text: 'Yes, Thursday' })
    const { conversations } = await office.clerk.ok('GET', '/api/v1/conversations')
    const hers = conversations.filter((one: { personId: string }) => one.personId === id)
    expect(hers).toHaveLength(1)
    expect(hers[0].channel).toBe('inbox')
  })
})

describe('STOP in an answer on the page', () => {
  it('ends the programme that she answers, or all of them, and a human reads it too', async () => {
    const { to, id } = await known([reminders, surveys])
    await office.send(id, reminders, 'Bins')
    await soon(() => office.simulator.received(to).length).toBe(1)
    const her = await signedIn(to)
    const answer = async (text: string) => {
      await her.open('/c/main/messages')
      await her.submit(/action="(\/c\/main\/messages\/[^"]+)"/.exec(her.page)?.[1] ?? '', { text })
      expect(her.text).toContain('Your answer has arrived.')
    }
    const still = async () => [
      (await office.send(id, reminders, 'x')).status,
      (await office.send(id, surveys, 'x', { channel: 'sms' })).status,
    ]
    await answer('Do you stop at the bus stop?')
    expect(await still()).toEqual([202, 202])
    await answer('STOP ALL')
    expect(await still()).toEqual([409, 409])
    await her.open('/c/main/history')
    expect(her.text).toContain('STOP')
  })
})

describe('one click in a mail', () => {
  it('ends the programme by POST, and nothing by GET; there is a way back', async () => {
    const { to, id } = await known([reminders])
    const sent = await office.send(id, reminders, 'Bins')
    await soon(() => office.simulator.received(to).length).toBe(1)
    const { attempts } = await office.clerk.ok('GET', `/api/v1/sends/${sent.json.id}`)
    const link = `/c/u/${attempts[0].id}`
    const her = browser()
    await her.open(link)
    expect(her.text).toContain('Stop these messages?')
    expect((await office.send(id, reminders, 'still')).status).toBe(202)
    await her.submit(link)
    expect((await office.send(id, reminders, 'no')).status).toBe(409)
    // Whoever the mail was handed on to has the link too.
    const post = (body: Record<string, string>) =>
      fetch(office.town.url + link, { method: 'POST', redirect: 'manual', body: new URLSearchParams(body) })
    expect((await post({ act: 'start' })).status).toBe(303)
    expect((await office.send(id, reminders, 'no')).status).toBe(409)
    await her.submit(link)
    expect(her.text).toContain('We write to you again')
    expect((await office.send(id, reminders, 'yes')).status).toBe(202)
    expect((await post({ 'List-Unsubscribe': 'One-Click' })).status).toBe(200)
    expect((await office.send(id, reminders, 'no')).status).toBe(409)
    // What others do now takes nothing back that she did.
    expect(await (await post({ act: 'stop' })).text()).not.toContain('name="event"')
    expect((await office.send(id, reminders, 'no')).status).toBe(409)
    await her.open('/c/u/aaaaaaaaaaaaaaaaaaaaaaaaa')
    expect(her.status).toBe(404)
  })
})

describe('every page', () => {
  it('is small, has no script, and lets the browser run none', async () => {
    const { to } = await known([reminders])
    const her = await signedIn(to)
    const style = await (await fetch(`${office.town.url}/c/style.css`)).text()
    for (const page of ['', 'choices', 'messages', 'history', 'prove', 'accessibility', 'privacy']) {
      await her.open(`/c/main/${page}`.replace(/\/$/, ''))
      expect(her.status).toBe(200)
      expect(Buffer.byteLength(her.page) + Buffer.byteLength(style)).toBeLessThan(50_000)
      expect(her.page).not.toMatch(/<script|\son\w+=|\sstyle=/)
      expect(her.headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
      expect(her.headers.get('cache-control')).toBe('no-store')
    }
    await her.open('/c/nowhere')
    expect(her.status).toBe(404)
  })
})
