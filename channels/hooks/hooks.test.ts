import { randomBytes } from 'node:crypto'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InboundMessage, Receipt, Receiver } from '#channels/api.ts'
import { limits } from '#platform/api.ts'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTown, type Town } from '#testing/town.ts'

const authToken = 'an-invented-secret'
const accountSid = `AC${'0'.repeat(32)}`
const publicUrl = 'http://town.example'
/** Nobody is there: this is about what comes in. */
const baseUrl = 'http://127.0.0.1:9'
const channels = [
  { id: 'sms', kind: 'twilio-sms', baseUrl, accountSid, authToken, from: '+15550001000' },
  { id: 'other', kind: 'twilio-sms', baseUrl, accountSid: `AC${'1'.repeat(32)}`, authToken, from: '+15550002000' },
]

/** Keeps what it is told, and fails where a test wants it to. */
class Listener implements Receiver {
  readonly messages: InboundMessage[] = []
  readonly told: Receipt[] = []
  failsOn: (text: string) => boolean = () => false
  /** Of receipts: what they are about is not known yet. */
  isUnknown: (reference: string) => boolean = () => false

  async message(inbound: InboundMessage): Promise<void> {
    if (this.failsOn(inbound.text)) throw new Error('not now')
    this.messages.push(inbound)
  }

  async receipts(receipts: readonly Receipt[]): Promise<readonly Receipt[]> {
    if (receipts.some(({ reference = '' }) => this.failsOn(reference))) throw new Error('not now')
    const unknown = receipts.filter(({ reference = '' }) => this.isUnknown(reference))
    this.told.push(...receipts.filter((one) => !unknown.includes(one)))
    return unknown
  }

  texts(from: string): string[] {
    return this.messages.filter((one) => one.from === from).map((one) => one.text)
  }
}

const listener = new Listener()
const clock = new FakeClock()
let town: Town
beforeAll(async () => {
  town = await startTown({ clock, channels, receiver: listener })
})
afterAll(() => town[Symbol.asyncDispose]())

const sid = () => `SM${randomBytes(16).toString('hex')}`
let people = 0
const number = () => `+1555100${String(++people).padStart(4, '0')}`

type Form = Record<string, string>
const inboundForm = (from: string, body: string, more: Form = {}): Form => ({
  MessageSid: sid(),
  AccountSid: accountSid,
  From: from,
  To: '+15550001000',
  Body: body,
  NumMedia: '0',
  ...more,
})
const statusForm = (status: string, more: Form = {}): Form => ({
  MessageSid: sid(),
  AccountSid: accountSid,
  From: '+15550001000',
  To: '+15551112222',
  MessageStatus: status,
  ...more,
})

async function post(path: string, form: Form, how: { token?: string; signature?: string } = {}): Promise<number> {
  const signature = how.signature ?? getExpectedTwilioSignature(how.token ?? authToken, publicUrl + path, form)
  const response = await fetch(town.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    body: new URLSearchParams(form),
  })
  await response.arrayBuffer()
  return response.status
}

const inbound = '/hooks/sms/inbound'
const status = (attempt: string, sentMs = clock.nowMs()) =>
  `/hooks/sms/status?attempt=${attempt}&sent=${Math.floor(sentMs / 1000)}`

/** The server looks at its own pace; the clock stands nearly still while it does. */
const until = (look: () => unknown) =>
  expect.poll(
    async () => {
      await clock.advance(1)
      return look()
    },
    { timeout: 10_000, interval: 5 },
  )

async function counts(): Promise<Record<string, number>> {
  const owner = await town.person(`owner-${++people}`, { role: 'owner' })
  return (await owner.ok('GET', '/api/v1/channels')).channels[0].counts
}

describe('a message that comes in', () => {
  it('is handed over once, whole, and lies sealed', async () => {
    const from = number()
    const form = inboundForm(from, 'Grüß Gott, 😀 & co. = 100%', { NumMedia: '0', FromCountry: 'US' })
    expect(await post(inbound, form)).toBe(200)
    expect(await post(inbound, form)).toBe(200)
    await until(() => listener.texts(from)).toEqual(['Grüß Gott, 😀 & co. = 100%'])
    expect(listener.messages.at(-1)).toMatchObject({
      channelId: 'sms',
      kind: 'sms',
      to: '+15550001000',
      authenticity: 'forgeable',
      files: [],
      filesMissing: 0,
    })
    const rows = await town.postgres.rows<{ text: string }>(
      `select h::text || encode(sealed, 'escape') as text from channel_hook h`,
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { text } of rows) for (const word of [from.slice(1), 'Grü', '%F0%9F']) expect(text).not.toContain(word)
  })

  it('that is a STOP is answered when it was acted upon, and not before', async () => {
    const from = number()
    const form = inboundForm(from, 'STOP')
    listener.failsOn = (text) => text === 'STOP'
    expect(await post(inbound, form)).toBe(503)
    expect(listener.texts(from)).toEqual([])
    listener.failsOn = () => false
    expect(await post(inbound, form)).toBe(200)
    expect(listener.texts(from)).toEqual(['STOP'])
    expect(await post(inbound, form)).toBe(200)
    await clock.advance(60_000)
    expect(listener.texts(from)).toEqual(['STOP'])
  })

  it('says whether the provider took it for a command, and has national numbers in the one spelling', async () => {
    const from = number()
    await post(inbound, inboundForm(from, 'STOP', { OptOutType: 'STOP' }))
    await post(inbound, inboundForm(from, 'help', { OptOutType: 'HELP' }))
    await post(inbound, inboundForm('(555) 777-0001', 'hello'))
    await post(inbound, inboundForm('77377', 'from a short code'))
    await until(() => listener.texts(from)).toHaveLength(2)
    expect(listener.messages.filter((one) => one.from === from).map((one) => one.providerAnswered)).toEqual([
      'stop',
      'help',
    ])
    await until(() => listener.texts('+15557770001')).toEqual(['hello'])
    await until(() => listener.texts('77377')).toEqual(['from a short code'])
  })

  it('of one sender comes after the one before, whatever others do; a bad one stops nothing', async () => {
    const [one, other] = [number(), number()]
    listener.failsOn = (text) => text === 'bad'
    for (const text of ['a', 'bad', 'b', 'c']) await post(inbound, inboundForm(one, text))
    await post(inbound, inboundForm(other, 'x'))
    await until(() => [listener.texts(one), listener.texts(other)]).toEqual([['a', 'b', 'c'], ['x']])
    listener.failsOn = () => false
    await clock.advance(2_000)
    await until(() => listener.texts(one)).toEqual(['a', 'b', 'c', 'bad'])
  })

  it('waits for a receiver that cannot take it, and is given up for a person to see after many tries', async () => {
    const from = number()
    listener.failsOn = (text) => text === 'never'
    await post(inbound, inboundForm(from, 'never'))
    const owner = await town.person('watcher', { role: 'owner' })
    const look = async () => {
      await clock.advance(3_600_000)
      return (await owner.ok('GET', '/api/v1/channels')).channels[0]
    }
    await expect.poll(look, { timeout: 20_000, interval: 5 }).toMatchObject({ failed: 1, counts: { given_up: 1 } })
    listener.failsOn = () => false
    expect(listener.texts(from)).toEqual([])
  })

  it('survives a restart before it was handed over', async () => {
    const from = number()
    listener.failsOn = (text) => text === 'later'
    await post(inbound, inboundForm(from, 'later'))
    await town.restart()
    listener.failsOn = () => false
    await clock.advance(61_000)
    await until(() => listener.texts(from)).toEqual(['later'])
  })
})

describe('receipts', () => {
  it('carry attempt, reference, state and what went wrong, many at a time', async () => {
    const forms = [
      statusForm('sent'),
      statusForm('delivered'),
      statusForm('undelivered', { ErrorCode: '30003' }),
      statusForm('failed', { ErrorCode: '21610' }),
      statusForm('queued'),
    ]
    await Promise.all(forms.map((form, at) => post(status(`a${at}`), form)))
    const told = () => listener.told.filter(({ attempt = '' }) => /^a\d$/.test(attempt))
    await until(() => told().length).toBe(4)
    expect(
      Object.fromEntries(told().map(({ attempt, state, code, reason }) => [attempt, [state, code, reason]])),
    ).toEqual({
      a0: ['sent', undefined, undefined],
      a1: ['delivered', undefined, undefined],
      a2: ['failed', '30003', 'unreachable'],
      a3: ['failed', '21610', 'stopped'],
    })
    expect(told().find(({ attempt }) => attempt === 'a1')?.reference).toBe(forms[1]!.MessageSid)
  })

  it('a bad one among them holds up none', async () => {
    const bad = statusForm('sent')
    listener.failsOn = (reference) => reference === bad.MessageSid
    const forms = [...Array.from({ length: 20 }, () => statusForm('sent')), bad, statusForm('sent')]
    await Promise.all(forms.map((form, at) => post(status(`bad${at}`), form)))
    const told = () =>
      new Set(listener.told.filter(({ attempt = '' }) => attempt.startsWith('bad')).map((one) => one.attempt))
    await until(() => told().size).toBe(21)
    listener.failsOn = () => false
    await clock.advance(2_000)
    await until(() => told().size).toBe(22)
  })

  it('of a message that nobody knows yet come again, and hold up none', async () => {
    const [early, known] = [statusForm('delivered'), statusForm('delivered')]
    const told = () => listener.told.map(({ reference }) => reference)
    listener.isUnknown = (reference) => reference === early.MessageSid
    for (const form of [early, known]) await post(status('early'), form)
    await until(told).toContain(known.MessageSid)
    expect(told()).not.toContain(early.MessageSid)
    listener.isUnknown = () => false
    expect(await post(status('early'), early)).toBe(200)
    await clock.advance(1_000)
    await until(() => told().filter((reference) => reference === early.MessageSid)).toHaveLength(1)
  })
})

describe('what is not genuine', () => {
  it('is refused, counted, and leaves nothing behind', async () => {
    const before = await counts()
    const stored = () => town.postgres.row<{ count: number }>('select count(*) as count from channel_hook')
    const rows = await stored()
    const form = inboundForm(number(), 'let me in')
    expect(await post(inbound, form, { token: 'a-wrong-secret' })).toBe(403)
    expect(await post(inbound, form, { signature: '' })).toBe(403)
    const right = getExpectedTwilioSignature(authToken, publicUrl + inbound, form)
    expect(await post(inbound, { ...form, Body: 'other words' }, { signature: right })).toBe(403)
    expect(await post('/hooks/sms/status', form, { signature: right })).toBe(403)
    expect(await post('/hooks/other/inbound', form, { signature: right })).toBe(403)
    expect(await post(inbound, { ...form, AccountSid: `AC${'2'.repeat(32)}` })).toBe(403)
    expect(await post('/hooks/none/inbound', form)).toBe(404)
    expect(await post(inbound, { AccountSid: accountSid, Body: 'x', From: 'y' })).toBe(400)
    expect(await post(status('a'), statusForm('dancing'))).toBe(400)
    expect(await post(inbound, { ...form, Body: 'x'.repeat(limits.hookBytesMax) })).toBe(413)
    const tooOld = clock.nowMs() - limits.hookReceiptAgeMsMax - 1_000
    expect(await post(status('a', tooOld), statusForm('delivered'))).toBe(403)
    expect(await stored()).toEqual(rows)
    const after = await counts()
    const grown = Object.entries(after).flatMap(([what, count]) =>
      count === before[what] ? [] : [[what, count - (before[what] ?? 0)]],
    )
    expect(Object.fromEntries(grown)).toEqual({ forged: 5, malformed: 2, stale: 1 })
  })

  it('is harmless when it was genuine once: the same again changes nothing, late it is refused', async () => {
    const from = number()
    const form = inboundForm(from, 'once')
    const [first, second] = await Promise.all([post(inbound, form), post(inbound, form)])
    expect([first, second]).toEqual([200, 200])
    await until(() => listener.texts(from)).toEqual(['once'])
    await clock.advance(limits.hookRepeatMsMax + 1_000)
    expect(await post(inbound, form)).toBe(409)
    // Also when its payload has long died.
    await clock.advance(limits.hookDays * 24 * 3_600_000)
    await town.chancery.channels.forgetBefore(clock.nowMs() - limits.hookDays * 24 * 3_600_000 + 1)
    expect(await post(inbound, form)).toBe(409)
    expect(listener.texts(from)).toEqual(['once'])
    const after = await counts()
    expect([after.duplicate! >= 1, after.replayed]).toEqual([true, 2])
  })
})

describe('raw payloads', () => {
  it('die with their keys, and take nothing else with them', async () => {
    const [early, late] = [number(), number()]
    await post(inbound, inboundForm(early, 'early'))
    await post(status('early'), statusForm('sent'))
    await until(() => listener.texts(early)).toEqual(['early'])
    const keysOf = async () =>
      (await town.postgres.rows<{ day: number }>('select day from channel_key order by day')).map(({ day }) => day)
    const cutMs = clock.nowMs() + 2 * 24 * 3_600_000
    await clock.advance(3 * 24 * 3_600_000)
    await post(inbound, inboundForm(late, 'late'))
    await until(() => listener.texts(late)).toEqual(['late'])
    expect((await keysOf()).length).toBeGreaterThan(1)
    expect(await town.chancery.channels.forgetBefore(cutMs)).toBeGreaterThan(0)
    expect(await keysOf()).toHaveLength(1)
    const left = await town.postgres.rows<{ count: number }>(
      'select count(*) as count from channel_hook where sealed is not null',
    )
    expect(left).toEqual([{ count: 1 }])
  })
})

describe('a flood from one number', () => {
  it('is slowed, bounded and counted; nobody else waits, a STOP passes, and nothing of it is lost', async () => {
    const [flooder, other] = [number(), number()]
    const before = await counts()
    const many = limits.inboundWaitingMax + 30
    const answers: number[] = []
    for (let n = 0; n < many; n += 53) {
      answers.push(
        ...(await Promise.all(Array.from({ length: 53 }, (_, at) => post(inbound, inboundForm(flooder, `${n + at}`))))),
      )
    }
    expect(answers.filter((answer) => answer === 200)).toHaveLength(limits.inboundWaitingMax)
    expect(answers.filter((answer) => answer === 429)).toHaveLength(answers.length - limits.inboundWaitingMax)
    expect((await counts()).flooded! - (before.flooded ?? 0)).toBe(answers.length - limits.inboundWaitingMax)
    await post(inbound, inboundForm(other, 'me too'))
    await post(inbound, inboundForm(flooder, 'STOP', { OptOutType: 'STOP' }))
    await until(() => listener.texts(other)).toEqual(['me too'])
    await until(() => listener.texts(flooder)).toContain('STOP')
    expect(listener.texts(flooder).length).toBeLessThanOrEqual(limits.inboundBurst + 2)
    await clock.advance(limits.inboundPaceMs * 3)
    const slow = listener.texts(flooder).length
    await until(() => listener.texts(flooder).length).toBeLessThanOrEqual(slow + 4)
    const handed = async () => {
      await clock.advance(limits.inboundPaceMs * 5)
      return new Set(listener.texts(flooder)).size
    }
    await expect.poll(handed, { timeout: 30_000, interval: 2 }).toBe(limits.inboundWaitingMax + 1)
  })
})
