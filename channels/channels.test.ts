import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { InboundMessage, Receipt, Receiver } from '#channels/api.ts'
import { systemClock } from '#platform/api.ts'
import { createMetrics, createMovableClock } from '#platform/index.ts'
import { startTestSimulator, type TestSimulator } from '#testing/simulator.ts'
import { startTown, type Town } from '#testing/town.ts'

const [first, second] = ['+15550001000', '+15550002000']
const messages: InboundMessage[] = []
const receipts: Receipt[] = []
const receiver: Receiver = {
  async message(inbound) {
    messages.push(inbound)
  },
  async receipts(list) {
    receipts.push(...list)
    return []
  },
}
const clock = createMovableClock(systemClock)
const metrics = createMetrics({ clock })
let simulator: TestSimulator
let town: Town
beforeAll(async () => {
  simulator = await startTestSimulator()
  const channels = [
    await simulator.number('sms', first),
    await simulator.number('spare', second),
    { ...(await simulator.number('harbour', '+15550003000')), agency: 'harbour' },
  ]
  town = await startTown({ channels, receiver, clock, metrics })
  simulator.reach(town)
})
afterAll(async () => {
  metrics.close()
  await town[Symbol.asyncDispose]()
  await simulator[Symbol.asyncDispose]()
})

let people = 0
const citizen = () => `+1555600${String(++people).padStart(4, '0')}`
const wish = (to: string, text: string) => ({
  attempt: `a-${to.slice(1)}`,
  to,
  text,
  signal: AbortSignal.timeout(20_000),
})
const channel = (id: string) => town.chancery.channels.byId(id)!
const heard = (from: string) => messages.filter((one) => one.from === from).map((one) => one.text)

describe('a conversation over a channel', () => {
  it('goes out, is told of, and is answered; nothing of it comes twice', async () => {
    const her = citizen()
    const steps = [{ outOfOrder: true, copies: 2, reply: { text: 'Thank you' } }]
    await simulator.ask('POST', '/simulator/scripts', { address: her, steps })
    const outcome = await channel('sms').send(wish(her, 'Your passport is ready.'))
    expect(outcome.state).toBe('accepted')
    await expect.poll(() => heard(her), { timeout: 5_000 }).toEqual(['Thank you'])
    const told = () => receipts.filter(({ attempt }) => attempt === `a-${her.slice(1)}`)
    await expect
      .poll(() =>
        told()
          .map(({ state }) => state)
          .toSorted(),
      )
      .toEqual(['delivered', 'sent'])
    for (const one of told()) expect(one.reference).toBe((outcome as { reference: string }).reference)
    expect(simulator.received(her)).toEqual(['Your passport is ready.'])
  })

  it('carries files, and says how many it could not have', async () => {
    const her = citizen()
    const media = [
      { type: 'image/png', base64: Buffer.from('a picture').toString('base64') },
      { type: 'video/mp4', base64: Buffer.alloc(11 * 1024 * 1024).toString('base64') },
    ]
    await simulator.ask('POST', '/simulator/texts', { from: her, to: first, text: 'Look', media })
    await expect.poll(() => heard(her), { timeout: 10_000 }).toEqual(['Look'])
    const { files, filesMissing } = messages.find((one) => one.from === her)!
    expect(files.map(({ name, type, bytes }) => [name, type, bytes.toString()])).toEqual([
      ['file-1.png', 'image/png', 'a picture'],
    ])
    expect(filesMissing).toBe(1)
  })
})

describe('channels of one kind', () => {
  it('stand in for each other while one rests, for those whose they are', async () => {
    const { channels } = town.chancery
    const chosen = (agency?: string) => channels.choose('sms', agency)?.id
    expect([chosen(), chosen('harbour'), chosen('parks'), channels.choose('inbox')]).toEqual([
      'sms',
      'sms',
      'sms',
      undefined,
    ])
    const her = citizen()
    const throttled = [{ answer: 'throttle', retryAfterS: 30 }]
    await simulator.ask('POST', '/simulator/scripts', { address: her, steps: throttled })
    await channel('sms').send(wish(her, 'x'))
    expect(chosen()).toBe('spare')
    clock.advance(10_000)
    await channel('spare').send(wish(her, 'x'))
    expect([chosen('parks'), chosen('harbour')]).toEqual(['sms', 'harbour'])
    const owner = await town.person('owner', { role: 'owner' })
    const shown = (await owner.ok('GET', '/api/v1/channels')).channels
    expect(shown.map((one: any) => [one.id, one.kind, one.sender, one.state, one.agency])).toEqual([
      ['sms', 'sms', first, 'resting', undefined],
      ['spare', 'sms', second, 'resting', undefined],
      ['harbour', 'sms', '+15550003000', 'ready', 'harbour'],
    ])
    expect(shown[0].ready_ts).toBeGreaterThan(clock.nowMs())
    expect(JSON.stringify(shown)).not.toContain(simulator.account.authToken)
    clock.advance(30_000)
    expect(chosen()).toBe('sms')
  })
})

describe('what a provider called about in vain', () => {
  it('is asked for afterwards, and comes once', async () => {
    const [her, other] = [citizen(), citizen()]
    const { channels } = town.chancery
    const never = new AbortController().signal
    simulator.reach({ url: 'http://127.0.0.1:9' })
    await simulator.text(her, first, 'Is anybody there?')
    await simulator.text(other, second, 'On another number')
    const media = [{ type: 'image/png', base64: Buffer.from('a picture').toString('base64') }]
    await simulator.ask('POST', '/simulator/texts', { from: her, to: first, text: 'Look', media })
    const sent = await channel('sms').send(wish(other, 'Hello'))
    await expect.poll(() => simulator.received(other)).toEqual(['Hello'])
    // Until it has given up.
    await expect
      .poll(async () => {
        await simulator.ask('POST', '/simulator/clock', { advance_ms: 20_000 })
        return (await simulator.ask('GET', '/simulator/facts?what=twilio.called')).facts.filter(
          ({ isTaken }: { isTaken: boolean }) => !isTaken,
        )
      })
      .toHaveLength(5)
    expect([heard(her), heard(other)]).toEqual([[], []])
    simulator.reach(town)
    expect(await channels.catchUp(never)).toBeGreaterThanOrEqual(4)
    await expect.poll(() => heard(her)).toEqual(['Is anybody there?', 'Look'])
    expect(messages.find(({ text, from }) => from === her && text === 'Look')!.files[0]!.bytes.toString()).toBe(
      'a picture',
    )
    const told = () => receipts.filter(({ reference }) => reference === (sent as { reference: string }).reference)
    await expect.poll(() => told().map(({ state }) => state)).toEqual(['delivered'])
    await expect.poll(() => heard(other)).toEqual(['On another number'])
    expect(await channels.catchUp(never)).toBe(0)
  })
})

it('what happens on channels is counted for the metrics, by channel and without an address', () => {
  const lines = metrics
    .text()
    .split('\n')
    .filter((line) => line.startsWith('chancery_channel_total'))
  expect(lines.some((line) => /\{channel="sms",what="taken"\} [1-9]/.test(line))).toBe(true)
  expect(lines.some((line) => /\{channel="sms",what="send_accepted"\} [1-9]/.test(line))).toBe(true)
  expect(lines.join()).not.toContain('555')
})
