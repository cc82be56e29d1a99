import { createHash, generateKeyPairSync } from 'node:crypto'
import { authenticate } from 'mailauth'
import { simpleParser } from 'mailparser'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Channel, InboundMessage, Receipt, SendWish } from '#channels/api.ts'
import type { Smtp } from '#platform/api.ts'
import { systemSmtp } from '#platform/index.ts'
import { startTown, type Town } from '#testing/town.ts'
import { taggedAddress } from './tags.ts'

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const sealed = `v=DKIM1; k=rsa; p=${keys.publicKey.toString('base64')}`

/** The names that the tests know: `proven.example` signs and asks that other mail be refused. */
const records: Record<string, string[][]> = {
  'TXT s1._domainkey.city.example': [[sealed]],
  'TXT s1._domainkey.proven.example': [[sealed]],
  'TXT _dmarc.proven.example': [['v=DMARC1; p=reject']],
  'TXT aligned.example': [['v=spf1 ip4:127.0.0.1 -all']],
}
const smtp: Smtp = {
  ...systemSmtp,
  async resolve(domain, type) {
    const found = records[`${type} ${domain}`]
    if (found !== undefined) return found
    throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
  },
}

/** A relay that keeps what it gets, and does with the next mail what the test says. */
const relay = {
  mails: [] as { from: string; to: string[]; raw: Buffer }[],
  at: 'take' as 'take' | 'sender' | 'recipient' | 'greylist' | 'content' | 'cut' | 'vanish' | 'busy',
}
const fail = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })
const relayServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  logger: false,
  closeTimeout: 10,
  onConnect: (_, done) => (relay.at === 'busy' ? done(fail(421, '4.3.2 busy')) : done()),
  onMailFrom: (_, __, done) => (relay.at === 'sender' ? done(fail(550, '5.7.1 not you')) : done()),
  onRcptTo(_, __, done) {
    if (relay.at === 'recipient') return done(fail(550, '5.1.1 no such mailbox'))
    if (relay.at === 'greylist') return done(fail(450, '4.7.1 come again'))
    return done()
  },
  onData(stream, session, done) {
    const parts: Buffer[] = []
    if (relay.at === 'cut') {
      for (const one of relayServer.connections) one.close()
      return
    }
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      if (relay.at === 'content') return done(fail(554, '5.6.0 no'))
      const from = session.envelope.mailFrom
      const to = session.envelope.rcptTo.map(({ address }) => address)
      relay.mails.push({ from: from === false ? '' : from.address, to, raw: Buffer.concat(parts) })
      if (relay.at === 'vanish') for (const one of relayServer.connections) one.close()
      else done()
    })
  },
})

const inbox: InboundMessage[] = []
const told: Receipt[] = []
const receiver = {
  message: async (one: InboundMessage) => void inbox.push(one),
  receipts: async (some: readonly Receipt[]) => {
    told.push(...some)
    return []
  },
}
let town: Town
let channel: Channel
let port: number

beforeAll(async () => {
  await new Promise<void>((resolve) => relayServer.listen(0, '127.0.0.1', () => resolve()))
  const { port: relayPort } = relayServer.server.address() as { port: number }
  const entry = {
    id: 'post',
    kind: 'mail',
    from: '"City of Example" <desk@city.example>',
    smtp: { host: '127.0.0.1', port: relayPort },
    listen: { port: 0 },
    dkim: { domain: 'city.example', selector: 's1', privateKey: keys.privateKey },
  }
  town = await startTown({ channels: [entry], receiver, smtp })
  channel = town.chancery.channels.byId('post')!
  port = (await town.chancery.channels.open()).get('post')!
})
afterAll(async () => {
  await town[Symbol.asyncDispose]()
  await new Promise<void>((resolve) => relayServer.close(() => resolve()))
})
beforeEach(() => {
  relay.at = 'take'
  relay.mails.length = 0
  inbox.length = 0
  told.length = 0
})

let attempts = 0
const attemptId = (n: number | string) => `a${createHash('sha256').update(String(n)).digest('base64url').slice(0, 24)}`
const box = { name: '', address: 'desk@city.example', local: 'desk', domain: 'city.example' }
const bounceOf = (attempt: string) => taggedAddress(box, { use: 'bounce', attempt }).toUpperCase()
const wish = (more: Partial<SendWish> = {}): SendWish => ({
  attempt: attemptId(++attempts),
  to: 'maryam@mail.example',
  subject: 'Your bin',
  text: 'It comes on Thursday. Größe: ۱۲۰ Liter.',
  signal: new AbortController().signal,
  ...more,
})

const bring = (raw: string, envelope: { from: string; to?: string } = { from: 'maryam@aligned.example' }) => {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, name: 'mx.aligned.example' })
  const { from, to = 'desk@city.example' } = envelope
  return transport.sendMail({ envelope: { from, to }, raw: raw.replaceAll('\n', '\r\n') })
}
const letter = (headers: string, body: string) => `${headers}\n\n${body}\n`
const arrived = () => expect.poll(() => inbox[0], { interval: 10, timeout: 10_000 }).toBeDefined()
const reported = () => expect.poll(() => told[0], { interval: 10, timeout: 10_000 }).toBeDefined()

describe('a mail that goes out', () => {
  it('is threaded, can be unsubscribed from in one click, and is signed with both headers of it', async () => {
    const sent = wish({
      threadOf: { inReplyTo: '<q@mail.example>', references: ['<p@mail.example>', '<q@mail.example>'] },
      unsubscribe: { url: 'https://city.example/c/u/token' },
      attachments: [{ name: 'plan.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF') }],
    })
    expect(await channel.send(sent)).toEqual({ state: 'accepted', reference: `<${sent.attempt}@city.example>` })
    const [mail] = relay.mails
    const read = await simpleParser(mail!.raw)
    expect(read.text?.trim()).toBe(sent.text)
    expect(read.from?.text).toBe('"City of Example" <desk@city.example>')
    expect([read.inReplyTo, read.references]).toEqual(['<q@mail.example>', ['<p@mail.example>', '<q@mail.example>']])
    expect(read.attachments[0]?.content.toString()).toBe('%PDF')
    const raw = mail!.raw.toString()
    expect(raw).toContain('List-Unsubscribe: <https://city.example/c/u/token>')
    expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    const { dkim } = await authenticate(mail!.raw, { resolver: smtp.resolve, disableDmarc: true, disableArc: true })
    const [signature] = dkim.results
    expect(signature?.status.result).toBe('pass')
    expect(signature?.signingHeaders?.keys.toLowerCase()).toMatch(/list-unsubscribe:.*list-unsubscribe-post/s)
  })

  it('holds no header that somebody wrote into its words', async () => {
    await channel.send(wish({ subject: 'Hello\r\nBcc: thief@evil.example\r\n\r\nNo' }))
    expect(relay.mails[0]?.to).toEqual(['maryam@mail.example'])
    expect((await simpleParser(relay.mails[0]!.raw)).subject).toBe('Hello Bcc: thief@evil.example No')
    expect(relay.mails[0]?.raw.toString()).not.toMatch(/^Bcc:/m)
    const bad = await channel.send(wish({ to: 'a@b.example\r\nRCPT TO:<thief@evil.example>' }))
    expect(bad).toMatchObject({ state: 'failed', isPermanent: true, reason: 'invalid' })
    expect(relay.mails).toHaveLength(1)
  })

  it('goes again over a connection that was kept', async () => {
    await Promise.all(Array.from({ length: 30 }, () => channel.send(wish())))
    expect(relay.mails).toHaveLength(30)
    expect(relayServer.connections.size).toBeLessThanOrEqual(8)
  })

  it.each([
    ['recipient', { state: 'failed', isPermanent: true, code: '5.1.1', reason: 'invalid' }],
    ['greylist', { state: 'failed', isPermanent: false, code: '4.7.1', reason: 'rejected', retryAfterMs: 300_000 }],
    ['content', { state: 'failed', isPermanent: true, code: '5.6.0', reason: 'rejected' }],
    ['sender', { state: 'failed', isPermanent: false, code: '5.7.1', reason: 'provider' }],
    // The mail was not handed over whole: no server may keep it.
    ['cut', { state: 'failed', isPermanent: false, reason: 'provider' }],
    // It was, and nobody answered.
    ['vanish', { state: 'unknown' }],
  ] as const)('of which the relay says: %s', async (at, outcome) => {
    relay.at = at
    const text = at === 'cut' ? 'x'.repeat(4_000_000) : 'short'
    expect(await channel.send(wish({ text }))).toMatchObject(outcome)
  })
})

describe('a mail that comes in', () => {
  it('is told with its words, its files, and what it answers', async () => {
    const attempt = attemptId('Q')
    const body = `--x\nContent-Type: text/plain; charset=utf-8\n\nآیا پنجشنبه درست است؟\n--x
Content-Type: text/plain; name="../../etc/note.txt"\nContent-Disposition: attachment; filename="../../etc/note.txt"\n\nfile\n--x--`
    const headers = `From: Maryam <Maryam@Aligned.example>\nTo: desk@city.example\nSubject: =?utf-8?q?K=C3=BCbel?=
References: <${attempt}@city.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x`
    await bring(letter(headers, body))
    await arrived()
    expect(inbox[0]).toMatchObject({
      channelId: 'post',
      kind: 'mail',
      from: 'maryam@aligned.example',
      to: 'desk@city.example',
      subject: 'Kübel',
      text: 'آیا پنجشنبه درست است؟',
      answersAttempt: attempt,
      authenticity: 'proven',
      filesMissing: 0,
    })
    expect(inbox[0]?.files.map(({ type, bytes }) => [type, bytes.toString().trim()])).toEqual([['text/plain', 'file']])
  })

  it('brought twice is one', async () => {
    const mail = letter('From: a@aligned.example\nMessage-ID: <1@x.example>\nSubject: Hi', 'Once')
    await bring(mail)
    await bring(mail)
    await bring(letter('From: a@aligned.example\nMessage-ID: <2@x.example>', 'Last'))
    await expect.poll(() => inbox.map(({ text }) => text), { timeout: 10_000 }).toEqual(['Once', 'Last'])
  })

  it('is not from who it says, where that domain asks to be believed only when it signs', async () => {
    await bring(letter('From: mayor@proven.example\nSubject: Urgent', 'Pay'), { from: 'thief@aligned.example' })
    await arrived()
    expect(inbox[0]?.authenticity).toBe('forged')
    inbox.length = 0
    await bring(letter('From: somebody@nowhere.example', 'Hello'), { from: 'somebody@nowhere.example' })
    await arrived()
    expect(inbox[0]?.authenticity).toBe('forgeable')
    inbox.length = 0
    const two = 'From: mayor@aligned.example\nFrom: thief@evil.example'
    await bring(letter(two, 'Hello'))
    await arrived()
    expect(inbox[0]?.authenticity).toBe('forged')
  })

  it('is proven by the signature of its domain', async () => {
    const dkim = { domainName: 'proven.example', keySelector: 's1', privateKey: keys.privateKey }
    const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, dkim })
    await transport.sendMail({ from: 'office@proven.example', to: 'desk@city.example', text: 'Signed' })
    await arrived()
    expect(inbox[0]).toMatchObject({ from: 'office@proven.example', authenticity: 'proven', text: 'Signed' })
  })

  it('for others is refused, and so is our own that comes back', async () => {
    await expect(
      bring(letter('From: a@aligned.example', 'x'), { from: 'a@b.example', to: 'x@else.example' }),
    ).rejects.toThrow('550')
    await expect(bring(letter('From: desk@city.example', 'x'))).rejects.toThrow('550')
    await expect(bring(letter('Subject: nobody', 'x'))).rejects.toThrow('550')
  })

  it('that a machine wrote says so', async () => {
    await bring(letter('From: a@aligned.example\nAuto-Submitted: auto-replied', 'I am away'))
    await arrived()
    expect(inbox[0]).toMatchObject({ isAutomatic: true, text: 'I am away' })
  })

  it('is whole, also when its words are too long or cannot be read', async () => {
    await bring(letter('From: a@aligned.example', 'word '.repeat(20_000)))
    await arrived()
    expect(inbox[0]?.text.length).toBeLessThanOrEqual(40_000)
    expect(inbox[0]?.files.map(({ name }) => name)).toEqual(['mail.eml'])
    inbox.length = 0
    const deep = `${'<div>'.repeat(50_000)}deep`
    await bring(letter('From: a@aligned.example\nContent-Type: text/html', deep))
    await arrived()
    expect(inbox[0]?.files.map(({ name }) => name)).toEqual(['mail.eml'])
  })

  it('made to break its readers stops no other', async () => {
    const nested = Array.from(
      { length: 2_000 },
      (_, n) => `--${n}\nContent-Type: multipart/mixed; boundary=${n + 1}\n\n`,
    )
    await bring(letter('From: bomb@aligned.example\nContent-Type: multipart/mixed; boundary=0', nested.join('')))
    await bring(letter(`From: heads@aligned.example\n${'X-A: b\n'.repeat(20_000)}Subject: many`, 'x'))
    const files = Array.from({ length: 300 }, () => '--f\nContent-Disposition: attachment\n\nx\n').join('')
    await bring(letter('From: files@aligned.example\nContent-Type: multipart/mixed; boundary=f', `${files}--f--`))
    await bring(letter('From: next@aligned.example', 'I come after them'))
    await expect
      .poll(() => inbox.find(({ from }) => from.startsWith('next'))?.text, { timeout: 20_000 })
      .toBe('I come after them')
    await expect
      .poll(() => inbox.find(({ from }) => from.startsWith('files'))?.filesMissing, { timeout: 20_000 })
      .toBe(280)
  })
})

describe('a report', () => {
  const bounce = (action: string, status: string) =>
    letter(
      'From: MAILER-DAEMON@mx.example\nSubject: Delivery\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"',
      `--b\nContent-Type: text/plain\n\nSorry\n--b\nContent-Type: message/delivery-status\n
Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; maryam@mail.example\nAction: ${action}\nStatus: ${status}\n--b--`,
    )

  it.each([
    ['failed', '5.1.1', { state: 'failed', code: '5.1.1', reason: 'invalid' }],
    ['failed', '5.2.2', { state: 'failed', code: '5.2.2', reason: 'unreachable' }],
    ['failed', '5.7.1', { state: 'failed', code: '5.7.1', reason: 'rejected' }],
    ['delivered', '2.0.0', { state: 'delivered' }],
  ])('of %s %s is a receipt of its attempt', async (action, status, receipt) => {
    const attempt = attemptId('Bc')
    const to = bounceOf(attempt)
    await bring(`${bounce(action, status)}X${status}${action}`, { from: '', to })
    await reported()
    expect(told).toEqual([{ channelId: 'post', attempt, atMs: expect.any(Number), ...receipt }])
    expect(inbox).toEqual([])
  })

  it('that it takes longer is none', async () => {
    const to = bounceOf(attemptId('Delay'))
    await bring(bounce('delayed', '4.4.1'), { from: '', to })
    await bring(bounce('failed', '5.0.0'), { from: '', to })
    await reported()
    expect(told.map(({ state }) => state)).toEqual(['failed'])
  })

  it('of a complaint (ARF) says that she wants no more', async () => {
    const arf = letter(
      'From: fbl@mail.example\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=b',
      `--b\nContent-Type: text/plain\n\nA complaint\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\nVersion: 1
--b\nContent-Type: message/rfc822\n\nMessage-ID: <${attemptId('Xyz')}@city.example>\nSubject: Your bin\n\nWords\n--b--`,
    )
    await bring(arf, { from: 'fbl@mail.example' })
    await reported()
    expect(told[0]).toMatchObject({ attempt: attemptId('Xyz'), state: 'failed', code: 'complaint', reason: 'stopped' })
  })
})

it('lies readable nowhere', async () => {
  await bring(letter('From: canary.person@aligned.example\nSubject: canary subject', 'canary words'))
  await arrived()
  const rows = await town.postgres.rows<{ text: string }>(
    `select encode(sealed, 'escape') as text from channel_hook where sealed is not null`,
  )
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.some(({ text }) => text.includes('canary'))).toBe(false)
})
