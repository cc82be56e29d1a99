import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { twilioSignature } from '#channels/twilio/signature.ts'
import { CitizenBrowser } from '#testing/citizen-browser.ts'
import { CitizenOffice, officeNumber } from '#testing/citizen-office.ts'
import { shownName } from '../desk/names.ts'

let office: CitizenOffice
let purpose: string
beforeAll(async () => {
  office = await CitizenOffice.open()
  purpose = await office.purpose('bins')
})
afterAll(() => office[Symbol.asyncDispose]())

let people = 0
const number = () => `+49152000${String(66_000 + ++people)}`
const soon = (look: () => unknown) => expect.poll(look, { interval: 20, timeout: 15_000 })
const family = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}'

/** A web hook as the provider signs it, whatever is in it. */
async function hook(from: string, body: string | Buffer, more: Record<string, string> = {}): Promise<number> {
  const { accountSid, authToken } = office.simulator.account
  const sid = `SM${String(++people).padStart(32, '0')}`
  const form = new URLSearchParams({ MessageSid: sid, AccountSid: accountSid, From: from, To: officeNumber, ...more })
  const raw =
    typeof body === 'string'
      ? Buffer.from(`${form}&${new URLSearchParams({ Body: body })}`)
      : Buffer.concat([Buffer.from(`${form}&Body=`), body])
  const signature = twilioSignature(
    authToken,
    'http://town.example/hooks/sms/inbound',
    new URLSearchParams(raw.toString('utf8')),
  )
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
  return (await fetch(`${office.town.url}/hooks/sms/inbound`, { method: 'POST', headers, body: new Uint8Array(raw) }))
    .status
}

type Shown = { id: string; name: string; roomId: string; state: string; assignee: string | null }
const conversations = async (): Promise<Shown[]> =>
  (await office.clerk.ok('GET', '/api/v1/conversations?limit=100')).conversations
const of = async (from: string) => (await conversations()).find(({ name }) => name === from)
/** Of the citizen, the newest first. */
async function wordsOf({ roomId }: Shown): Promise<any[]> {
  await office.clerk.join(roomId)
  const { chunk } = await office.clerk.messages(roomId)
  return chunk.filter(({ type, sender }) => type === 'm.room.message' && sender.startsWith('@c-'))
}

describe('whatever she writes', () => {
  const hostile: [title: string, body: string | Buffer][] = [
    ['a NUL', 'before\u0000after'],
    ['half a pair of surrogates', Buffer.from('%ED%A0%80half')],
    ['bytes that are no text', Buffer.from('%FF%FE%C0%80')],
    ['signs that nobody sees', '\u200b\u2060\ufeff\u200d'],
    ['text that turns round', '\u202e\u2066gnihton\u2069\u202c'],
    ['50 KB', 'word '.repeat(10_000)],
    ['one word of 50 KB', 'w'.repeat(50_000)],
    ['families', family.repeat(300)],
    ['marks on marks', `Z${'\u0301\u0316'.repeat(2_000)}`],
    ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
    ['a template', '{{ person.name }}{% for i in (1..1000000000) %}x{% endfor %}'],
    ['headers', 'x\r\nBcc: thief@evil.example\r\n\r\nNo'],
    ['a command of the desk', '!close'],
    ['another command', '!by mail'],
    ['JSON', '{"msgtype":"m.image","url":"mxc://x/y"}'],
    ['everybody', '@room @desk:town.example'],
    ['nothing', ''],
    ['blanks', ' \n\t '],
    ['a prototype', '__proto__ constructor toString'],
  ]

  it('is kept as it is, obeyed by nobody, and holds up no other', { timeout: 60_000 }, async () => {
    const senders = hostile.map(([title, body]) => ({ title, body, from: number() }))
    for (const { title, body, from } of senders) expect([title, await hook(from, body)]).toEqual([title, 200])
    const next = number()
    expect(await hook(next, 'I come after them')).toBe(200)
    await soon(() => of(next)).toBeTruthy()
    for (const { title, body, from } of senders) {
      await soon(() => of(from)).toBeTruthy()
      const conversation = (await of(from))!
      expect([title, conversation]).toEqual([title, expect.objectContaining({ state: 'open', assignee: null })])
      await soon(async () => (await wordsOf(conversation)).length).toBeGreaterThan(0)
      const said = (await wordsOf(conversation)).at(-1)?.content
      const { msgtype, formatted_body } = said
      expect([title, msgtype, formatted_body, said.body.isWellFormed()]).toEqual([title, 'm.text', undefined, true])
      if (typeof body === 'string' && body.length < 3_000)
        expect([title, said.body.trim()]).toEqual([title, body.trim()])
      expect((await office.clerk.call('GET', `/api/v1/conversations/${conversation.id}`)).status).toBe(200)
    }
    expect((await conversations()).every(({ state }) => state === 'open')).toBe(true)
  })

  it('of more than any message holds is refused, and holds up no other', async () => {
    const next = number()
    expect(await hook(number(), 'w'.repeat(70_000))).toBe(413)
    await hook(next, 'I come after it')
    await soon(() => of(next)).toBeTruthy()
  })

  it('from senders that are no numbers does no harm', async () => {
    for (const from of [
      '12345',
      'GOV-INFO',
      '<b>x</b>',
      '+',
      '\u202e+4915200000001',
      `+49152${'0'.repeat(300)}`,
      'whatsapp:+49152',
    ]) {
      expect([from, await hook(from, 'Hello')]).toEqual([from, 200])
    }
    const next = number()
    await hook(next, 'I come after them')
    await soon(() => of(next)).toBeTruthy()
  })
})

describe('whatever she is called', () => {
  const names = [
    '<script>alert(1)</script>',
    '{{ agency.name }}{% assign x = 1 %}',
    '"; drop table person; --',
    '\u202eevil\u202c',
    family,
  ]

  it.each(names)('%s is shown as it is, and evaluated by nobody', async (name) => {
    const to = number()
    const id = await office.citizen(to, [purpose], { name })
    const texts = { en: 'Dear {{ person.name }}.' }
    const { id: reply } = await office.clerk.ok('POST', '/api/v1/canned-replies', {
      key: `c${people}`,
      title: 'x',
      texts,
    })
    await hook(to, 'Hello')
    const find = async () =>
      (await office.clerk.ok('GET', '/api/v1/conversations?limit=100')).conversations.find(
        (one: any) => one.personId === id,
      )
    await soon(find).toBeTruthy()
    const { id: conversation } = await find()
    const filled = await office.clerk.ok('GET', `/api/v1/conversations/${conversation}/canned-replies/${reply}`)
    expect(filled.text).toBe(`Dear ${shownName(name)}.`)
    const her = await office.browserOf(to)
    expect(her).toBeInstanceOf(CitizenBrowser)
    for (const page of ['choices', 'messages', 'history']) {
      const html = await her.open(`/c/main/${page}`)
      expect([page, her.status, html]).toEqual([page, 200, expect.not.stringContaining('<script')])
    }
  })

  it.each(['a\u0000b', 'a\u001b[31mb', 'a\r\nBcc: x', '', ' '])('%j is no name', async (name) => {
    const { status } = await office.clerk.call('POST', '/api/v1/people', { body: { name } })
    expect(status).toBe(400)
  })
})
