import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import twilioSdk from 'twilio'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestSimulator, type TestSimulator } from '#testing/simulator.ts'

const ours = '+15550001000'
let simulator: TestSimulator
let people = 0
const citizen = () => `+1555200${String(++people).padStart(4, '0')}`

beforeAll(async () => {
  simulator = await startTestSimulator()
  await simulator.number('sms', ours)
})
afterAll(() => simulator[Symbol.asyncDispose]())

type HookCall = { url: string; headers: Record<string, string | undefined>; form: Record<string, string> }

/** A server that takes hooks, or fails for so many. */
async function hookServer(fails = 0) {
  const calls: HookCall[] = []
  let left = fails
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
      const headers = request.headers as Record<string, string | undefined>
      calls.push({ url: `http://${headers.host}${request.url}`, headers, form })
      response.writeHead(left-- > 0 ? 500 : 200).end()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    calls,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The SDK speaks to api.twilio.com; its requests are led to the simulator, unchanged otherwise. */
function sdk(authToken = simulator.account.authToken) {
  const { accountSid } = simulator.account
  const requests: { method: string; uri: string; data: Record<string, string> }[] = []
  const client = twilioSdk(accountSid, authToken, {
    httpClient: {
      async request(options: any) {
        requests.push(options)
        const url = new URL(options.uri.replace('https://api.twilio.com', simulator.url))
        for (const [name, value] of Object.entries(options.params ?? {})) url.searchParams.set(name, String(value))
        const response = await fetch(url, {
          method: options.method,
          headers: {
            authorization: `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`,
            ...options.headers,
          },
          ...(options.data && { body: new URLSearchParams(options.data) }),
        })
        const text = await response.text()
        return { statusCode: response.status, body: text === '' ? undefined : JSON.parse(text), headers: {} }
      },
    } as any,
  })
  return { client, requests }
}

describe("the simulated Twilio, spoken to by Twilio's SDK", () => {
  it('takes a message, carries it, shows it, and forgets it', async () => {
    const { client } = sdk()
    const to = citizen()
    const made = await client.messages.create({ to, from: ours, body: 'Grüß Gott 😀' })
    expect([made.status, made.numSegments, made.direction, made.body]).toEqual([
      'queued',
      '1',
      'outbound-api',
      'Grüß Gott 😀',
    ])
    expect(made.dateCreated).toBeInstanceOf(Date)
    await expect.poll(() => simulator.received(to)).toEqual(['Grüß Gott 😀'])
    const read = await client.messages(made.sid).fetch()
    expect([read.status, read.errorCode, read.sid]).toEqual(['delivered', null, made.sid])
    expect(read.dateSent).toBeInstanceOf(Date)
    await client.messages(made.sid).update({ body: '' })
    expect((await client.messages(made.sid).fetch()).body).toBe('')
    expect(await client.messages(made.sid).remove()).toBe(true)
    await expect(client.messages(made.sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 })
  })

  it('lists what there is, page by page, and by To, From and day', async () => {
    const { client } = sdk()
    const to = citizen()
    for (let n = 0; n < 7; n++) await client.messages.create({ to, from: ours, body: `${n}` })
    const all = await client.messages.list({ to, pageSize: 3 })
    expect(all.map(({ body }) => body)).toEqual(['6', '5', '4', '3', '2', '1', '0'])
    expect(await client.messages.list({ to, from: '+15550009999' })).toEqual([])
    const tomorrow = new Date(Date.now() + 24 * 3_600_000)
    expect(await client.messages.list({ to, dateSentAfter: tomorrow })).toEqual([])
    expect(await client.messages.list({ to, dateSentBefore: tomorrow })).toHaveLength(7)
  })

  it('refuses with the codes that the SDK knows', async () => {
    const { client } = sdk()
    const refused = (wish: object) => client.messages.create(wish as any).catch(({ status, code }) => [status, code])
    expect(await refused({ to: '+1555', from: ours, body: 'x' })).toEqual([400, 21211])
    expect(await refused({ to: citizen(), from: '+15550009999', body: 'x' })).toEqual([400, 21606])
    expect(await refused({ to: citizen(), from: ours })).toEqual([400, 21602])
    expect(await refused({ to: citizen(), from: ours, body: 'x'.repeat(1_601) })).toEqual([400, 21617])
    const wrong = sdk('a-wrong-secret').client
    await expect(wrong.messages.create({ to: citizen(), from: ours, body: 'x' })).rejects.toMatchObject({
      status: 401,
      code: 20003,
    })
  })
})

describe('the web hooks of the simulator', () => {
  it("are taken by the SDK's own check, and come again until somebody takes them", async () => {
    await using server = await hookServer(2)
    const number = '+15550001001'
    const { accountSid, authToken } = simulator.account
    const inbound_url = `${server.url}/in?x=a%20b`
    await simulator.ask('POST', '/simulator/twilio/numbers', {
      account_sid: accountSid,
      auth_token: authToken,
      number,
      inbound_url,
    })
    const from = citizen()
    const media = [{ type: 'image/png', base64: Buffer.from('a picture').toString('base64') }]
    const { id } = await simulator.ask('POST', '/simulator/texts', { from, to: number, text: 'Hallo & so', media })
    await simulator.ask('POST', '/simulator/clock', { advance_ms: 5_000 })
    await expect.poll(() => server.calls.length, { timeout: 5_000 }).toBe(3)
    for (const { url, headers, form } of server.calls) {
      expect(validateRequest(authToken, headers['x-twilio-signature']!, url, form)).toBe(true)
      expect(form).toMatchObject({ MessageSid: id, AccountSid: accountSid, From: from, To: number, Body: 'Hallo & so' })
    }
    const file = await fetch(server.calls[0]!.form.MediaUrl0!, {
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    })
    expect([file.headers.get('content-type'), await file.text()]).toEqual(['image/png', 'a picture'])
  })

  it('tell what became of a message, by the script of its address', async () => {
    await using server = await hookServer()
    const { client } = sdk()
    const states = async (steps: object[]) => {
      const to = citizen()
      await simulator.ask('POST', '/simulator/scripts', { address: to, steps })
      const statusCallback = `${server.url}/status?attempt=${to.slice(1)}`
      await client.messages.create({ to, from: ours, body: 'x', statusCallback })
      await simulator.ask('POST', '/simulator/clock', { advance_ms: 10_000 })
      const told = () => server.calls.filter(({ form }) => form.To === to).map(({ form }) => form.MessageStatus)
      return { to, told }
    }
    const plain = await states([{}])
    await expect.poll(plain.told).toEqual(['sent', 'delivered'])
    const disorder = await states([{ outOfOrder: true, end: 'read' }])
    await expect.poll(disorder.told).toEqual(['read', 'delivered', 'sent'])
    const copies = await states([{ copies: 3 }])
    await expect.poll(() => copies.told().toSorted()).toEqual([...Array(3).fill('delivered'), ...Array(3).fill('sent')])
    const lost = await states([{ end: 'undelivered', code: 30005 }])
    await expect.poll(lost.told).toEqual(['sent', 'undelivered'])
    expect(server.calls.find(({ form }) => form.MessageStatus === 'undelivered')!.form.ErrorCode).toBe('30005')
    const never = await states([{ end: 'never' }])
    await expect.poll(() => simulator.received(never.to)).toEqual(['x'])
    expect(never.told()).toEqual([])
    expect(simulator.received(lost.to)).toEqual([])
  })
})

describe('citizens of the simulator', () => {
  it('answer by their script, and STOP is obeyed as Twilio does it', async () => {
    await using server = await hookServer()
    const number = '+15550001002'
    const { accountSid: account_sid, authToken: auth_token } = simulator.account
    const inbound_url = `${server.url}/in`
    const opt_out = 'advanced'
    await simulator.ask('POST', '/simulator/twilio/numbers', { account_sid, auth_token, number, inbound_url, opt_out })
    const { client } = sdk()
    const to = citizen()
    const steps = [{ reply: { text: ' Stop ', afterMs: 60_000 } }]
    await simulator.ask('POST', '/simulator/scripts', { address: to, steps })
    await client.messages.create({ to, from: number, body: 'Your appointment is on Monday.' })
    await expect.poll(() => simulator.received(to)).toHaveLength(1)
    await simulator.ask('POST', '/simulator/clock', { advance_ms: 61_000 })
    await expect.poll(() => server.calls.map(({ form }) => [form.Body, form.OptOutType])).toEqual([[' Stop ', 'STOP']])
    expect(simulator.received(to).at(-1)).toContain('successfully been unsubscribed')
    await expect(client.messages.create({ to, from: number, body: 'x' })).rejects.toMatchObject({ code: 21610 })
    await simulator.text(to, number, 'START')
    await simulator.ask('POST', '/simulator/scripts', { address: to, steps: [] })
    await client.messages.create({ to, from: number, body: 'Welcome back.' })
    await expect.poll(() => simulator.received(to).at(-1)).toBe('Welcome back.')
  })
})

describe('the truth of the simulator', () => {
  it('outlives it: facts, scripts, time, and what was outstanding', async () => {
    await using server = await hookServer()
    const other = await startTestSimulator(7)
    try {
      const to = citizen()
      await other.number('sms', ours)
      await other.ask('POST', '/simulator/scripts', {
        address: to,
        steps: [
          { afterMs: 3_600_000, reply: { text: 'Thank you' } },
          { answer: 'refuse', code: 21614 },
        ],
      })
      const step = await other.simulator.world.step(to)
      const statusCallback = `${server.url}/status`
      const message = { accountSid: other.account.accountSid, from: ours, to, body: 'Later', statusCallback }
      const { sid } = await other.simulator.twilio.accept(message, step)
      await other.ask('POST', '/simulator/clock', { advance_ms: 60_000 })
      await expect.poll(() => server.calls.map(({ form }) => form.MessageStatus)).toEqual(['sent'])
      await expect.poll(async () => (await other.ask('GET', '/simulator/state')).calls).toBe(0)
      const before = await other.ask('GET', '/simulator/facts')
      await other.restart()
      expect((await other.ask('GET', '/simulator/facts')).facts).toEqual(before.facts)
      expect((await other.ask('GET', '/simulator/state')).now_ms - Date.now()).toBeGreaterThan(59_000)
      expect(await other.simulator.world.step(to)).toMatchObject({ answer: 'refuse', code: 21614 })
      await other.ask('POST', '/simulator/clock', { advance_ms: 3_600_000 })
      await expect.poll(() => server.calls.map(({ form }) => form.MessageStatus)).toEqual(['sent', 'delivered'])
      expect(other.received(to)).toEqual(['Later'])
      await expect
        .poll(async () => (await other.ask('GET', '/simulator/facts?what=said')).facts)
        .toMatchObject([{ from: to, text: 'Thank you', answering: sid }])
    } finally {
      await other[Symbol.asyncDispose]()
    }
  })

  it('is the same for the same seed', async () => {
    const outcomes = async (seed: number) => {
      await using one = await startTestSimulator(seed)
      await one.number('sms', ours)
      await one.ask('POST', '/simulator/weather', { throttle: 0.2, error: 0.2, timeout: 0.2, duplicate: 0.5 })
      const steps = []
      for (let n = 0; n < 30; n++) steps.push(await one.simulator.world.step(`+1555300${n}`))
      return steps
    }
    const [first, again, other] = [await outcomes(3), await outcomes(3), await outcomes(4)]
    expect(first).toEqual(again)
    expect(first).not.toEqual(other)
    expect(new Set(first.map(({ answer }) => answer)).size).toBe(4)
  })

  it('is nothing for pages of others', async () => {
    for (const headers of [{ origin: 'https://elsewhere.example' }, { host: 'elsewhere.example' }]) {
      const { port } = new URL(simulator.url)
      const { request } = await import('node:http')
      const status = await new Promise((resolve) => {
        request({ port, path: '/simulator/state', headers }, (response) => resolve(response.resume().statusCode)).end()
      })
      expect(status).toBe(403)
    }
  })
})
