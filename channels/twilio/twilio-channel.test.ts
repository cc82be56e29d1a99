import twilioSdk from 'twilio'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Channel, ChannelSettings, SendWish } from '#channels/api.ts'
import { readChannels } from '#channels/index.ts'
import { type Clock, limits, type Outbound, type OutboundWish, systemClock } from '#platform/api.ts'
import { createMovableClock, createOutbound, systemSmtp } from '#platform/index.ts'
import { FakeClock } from '#testing/fake-clock.ts'
import { startTestSimulator, type TestSimulator } from '#testing/simulator.ts'

const ours = '+15550001000'
const publicUrl = 'https://desk.agency.example'
let simulator: TestSimulator
let settings: ChannelSettings
let outbound: Outbound
beforeAll(async () => {
  simulator = await startTestSimulator()
  settings = await simulator.number('sms', ours, { optOut: 'default' })
  outbound = createOutbound({ allowedOrigins: [simulator.url] })
})
afterAll(async () => {
  outbound.close()
  await simulator[Symbol.asyncDispose]()
})

let people = 0
const citizen = () => `+1555400${String(++people).padStart(4, '0')}`
const wish = (to: string, text: string, more: Partial<SendWish> = {}): SendWish => ({
  to,
  text,
  attempt: `a${++people}`,
  signal: AbortSignal.timeout(20_000),
  ...more,
})
function channel(how: { clock?: Clock; outbound?: Outbound; settings?: ChannelSettings } = {}): Channel {
  const deps = { outbound: how.outbound ?? outbound, smtp: systemSmtp, clock: how.clock ?? systemClock, publicUrl }
  return readChannels([how.settings ?? settings])[0]!(deps).channel
}
const script = (address: string, ...steps: object[]) => simulator.ask('POST', '/simulator/scripts', { address, steps })

/** Notes what is asked. */
function noting(): { asked: OutboundWish[]; outbound: Outbound } {
  const asked: OutboundWish[] = []
  return {
    asked,
    outbound: {
      request: (one) => {
        asked.push(one)
        return outbound.request(one)
      },
      close: () => undefined,
    },
  }
}

describe('a message that goes out', () => {
  it("asks Twilio as Twilio's own SDK does", async () => {
    const noted = noting()
    const to = citizen()
    const attempt = 'aBc_-1'
    await channel({ outbound: noted.outbound, clock: new FakeClock(1_750_000_000_000) }).send(
      wish(to, 'Ä & b', { attempt }),
    )
    const statusCallback = `${publicUrl}/hooks/sms/status?attempt=aBc_-1&sent=1750000000`
    const { accountSid, authToken } = simulator.account
    let theirs: any
    const client = twilioSdk(accountSid, authToken, {
      httpClient: {
        async request(options: any) {
          theirs = options
          return { statusCode: 201, body: { sid: 'SM' } }
        },
      } as any,
    })
    await client.messages.create({ to, from: ours, body: 'Ä & b', statusCallback })
    const [ask] = noted.asked
    expect(ask!.method).toBe(theirs.method.toUpperCase())
    expect(new URL(ask!.url).pathname).toBe(new URL(theirs.uri).pathname)
    expect(Object.fromEntries(new URLSearchParams(Buffer.from(ask!.body!).toString('utf8')))).toEqual(theirs.data)
    expect(ask!.headers!['content-type']).toBe(theirs.headers['Content-Type'])
    const basic = Buffer.from(`${theirs.username}:${theirs.password}`).toString('base64')
    expect(ask!.headers!.authorization).toBe(`Basic ${basic}`)
  })

  it('is accepted with a reference, and reaches her as it was written', async () => {
    const to = citizen()
    const text = `${'long '.repeat(100)}€ 😀`
    expect(await channel().send(wish(to, text))).toEqual({ state: 'accepted', reference: expect.stringMatching(/^SM/) })
    await expect.poll(() => simulator.received(to)).toEqual([text])
  })

  it.each([
    [
      { answer: 'throttle', retryAfterS: 7 },
      { isPermanent: false, code: '20429', reason: 'throttled', retryAfterMs: 7_000 },
    ],
    [
      { answer: 'refuse', code: 21211 },
      { isPermanent: true, code: '21211', reason: 'invalid' },
    ],
    [
      { answer: 'refuse', code: 21610 },
      { isPermanent: true, code: '21610', reason: 'stopped' },
    ],
    [
      { answer: 'refuse', code: 21606 },
      { isPermanent: false, code: '21606', reason: 'provider' },
    ],
    [
      { answer: 'refuse', code: 99999 },
      { isPermanent: false, code: '99999', reason: 'provider' },
    ],
  ])('that is not taken says what to do: %j', async (step, outcome) => {
    const to = citizen()
    await script(to, step)
    expect(await channel().send(wish(to, 'x'))).toEqual({ state: 'failed', ...outcome })
    expect(simulator.received(to)).toEqual([])
  })

  it('that cannot have left is not unknown', async () => {
    const failed = { state: 'failed', isPermanent: false, reason: 'provider' }
    const nobody = createOutbound({ allowedOrigins: ['http://127.0.0.1:9'] })
    const away = channel({ outbound: nobody, settings: { ...settings, baseUrl: 'http://127.0.0.1:9' } })
    expect(await away.send(wish(citizen(), 'x'))).toMatchObject({ ...failed, code: 'unreachable' })
    const guarded = channel({ settings: { ...settings, baseUrl: 'http://10.0.0.1' } })
    expect(await guarded.send(wish(citizen(), 'x'))).toMatchObject(failed)
    expect(await channel().send(wish(citizen(), 'x', { signal: AbortSignal.abort() }))).toMatchObject(failed)
    nobody.close()
  })
})

describe('a message whose fate is unknown', () => {
  const sinceMs = () => systemClock.nowMs() - 1_000
  const settled = () => createMovableClock(systemClock, limits.channelFateSettledMs)

  it('is found at the provider when it was accepted', async () => {
    const to = citizen()
    await script(to, { answer: 'timeout', afterMs: 0 })
    const one = wish(to, 'Are you there?', { signal: AbortSignal.timeout(300) })
    expect(await channel().send(one)).toEqual({ state: 'unknown' })
    const asking = wish(to, 'Are you there?')
    const fate = await channel().lookUp!(asking, sinceMs())
    // Its receipt may have come while nobody here knew whose it was.
    const since = { state: 'delivered' }
    expect(fate).toEqual({ state: 'accepted', reference: expect.stringMatching(/^SM/), since })
    const taken = new Set([(fate as { reference: string }).reference])
    expect(await channel({ clock: settled() }).lookUp!(asking, sinceMs(), taken)).toEqual({ state: 'absent' })
  })

  it('is absent when it was not, and only when it cannot be under way any more', async () => {
    const to = citizen()
    await script(to, { answer: 'error' }, {})
    expect(await channel().send(wish(to, 'x'))).toEqual({ state: 'unknown' })
    expect(await channel().lookUp!(wish(to, 'x'), sinceMs())).toEqual({ state: 'unknown' })
    expect(await channel({ clock: settled() }).lookUp!(wish(to, 'x'), sinceMs())).toEqual({ state: 'absent' })
    await channel().send(wish(to, 'other words'))
    expect(await channel({ clock: settled() }).lookUp!(wish(to, 'x'), sinceMs())).toEqual({ state: 'absent' })
  })

  it('stays unknown where two could be it, or the provider cannot be asked', async () => {
    const to = citizen()
    for (let n = 0; n < 2; n++) await channel().send(wish(to, 'same'))
    expect(await channel({ clock: settled() }).lookUp!(wish(to, 'same'), sinceMs())).toEqual({ state: 'unknown' })
    const wrong = { ...settings, authToken: 'a-wrong-secret' }
    expect(await channel({ settings: wrong, clock: settled() }).lookUp!(wish(to, 'x'), sinceMs())).toEqual({
      state: 'unknown',
    })
  })
})

describe('the settings', () => {
  const refused = (entry: object) => {
    try {
      readChannels([entry as ChannelSettings])
      return 'taken'
    } catch (error) {
      return (error as Error).message
    }
  }
  it.each([
    [{}, 'channels (entry 1): id: It is missing.'],
    [{ id: 'sms' }, 'channels (entry 1, sms): kind: It is missing. Give one of '],
    [{ id: 'sms', kind: 'pigeon' }, 'kind: Its value cannot be used. Give one of '],
    [{ id: 'SMS!', kind: 'twilio-sms' }, 'id: Its value cannot be used.'],
    [{ accountSid: 'AC1' }, 'accountSid: Its value cannot be used. Give the id of the account'],
    [{ authToken: '' }, 'authToken: Its value cannot be used.'],
    [{ from: 15550001000 }, 'from: Its value cannot be used. Give a number such as "+15551230000" (in quotes)'],
    [{ baseUrl: 'ftp://a.example' }, 'baseUrl: Its value cannot be used.'],
    [{ baseUrl: 'https://u:p@a.example' }, 'baseUrl: Its value cannot be used.'],
    [{ form: '+15550001000' }, 'form: There is no such key here. The keys are accountSid, agency, authToken, '],
    [{ country: 'de' }, 'country: Its value cannot be used.'],
    [{ perSecond: 0 }, 'perSecond: Its value cannot be used. Give a number from 0.01 to 10000.'],
  ])('%j is refused in a sentence', (change, sentence) => {
    const entry = 'id' in change || Object.keys(change).length === 0 ? change : { ...settings, ...change }
    expect(refused(entry)).toContain(sentence)
  })

  it('two channels of one id are refused, and every mistake is told at once', () => {
    const { authToken: _, ...without } = settings
    const message = (() => {
      try {
        readChannels([settings, settings, without])
        return ''
      } catch (error) {
        return (error as Error).message
      }
    })()
    expect(message).toContain('channels (entry 2, sms): id: Two channels have it.')
    expect(message).toContain('channels (entry 3, sms): authToken: It is missing.')
  })
})
