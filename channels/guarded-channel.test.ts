import { describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import { FakeClock } from '#testing/fake-clock.ts'
import type { Channel, SendOutcome, SendWish } from './api.ts'
import { GuardedChannel } from './guarded-channel.ts'

const accepted: SendOutcome = { state: 'accepted', reference: 'r' }
const broken: SendOutcome = { state: 'failed', isPermanent: false, code: '500', reason: 'provider' }
const invalid: SendOutcome = { state: 'failed', isPermanent: true, code: '21211', reason: 'invalid' }
const wish: SendWish = { attempt: 'a', to: '+15550001000', text: 'x', signal: new AbortController().signal }

function guarded(how: { perSecond?: number; answer?: () => SendOutcome | Promise<SendOutcome> } = {}) {
  const clock = new FakeClock()
  const counts: Record<string, number> = {}
  const state = { answer: how.answer ?? (() => accepted), sent: 0 }
  const inner = {
    id: 'sms',
    limits: { partsMax: 10, ...(how.perSecond !== undefined && { perSecond: how.perSecond }) },
    async send() {
      state.sent += 1
      return state.answer()
    },
  } as unknown as Channel
  const count = (_: string, what: string) => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  return { clock, counts, state, channel: new GuardedChannel(inner, { clock, count }) }
}

describe('a guarded channel', () => {
  it('keeps to its rate, and says when to come back', async () => {
    const { channel, clock, state, counts } = guarded({ perSecond: 10 })
    const outcomes = []
    for (let n = 0; n < 15; n++) outcomes.push(await channel.send(wish))
    expect(outcomes.filter((one) => one.state === 'accepted')).toHaveLength(10)
    expect(outcomes.at(-1)).toEqual({
      state: 'failed',
      isPermanent: false,
      code: 'rate',
      reason: 'throttled',
      retryAfterMs: 100,
    })
    await clock.advance(200)
    for (let n = 0; n < 5; n++) await channel.send(wish)
    expect(state.sent).toBe(12)
    expect(counts).toEqual({ send_accepted: 12, send_held_back: 8 })
  })

  it('lets a provider rest that asks for it', async () => {
    const { channel, clock, state } = guarded({
      answer: () => ({ state: 'failed', isPermanent: false, code: '20429', reason: 'throttled', retryAfterMs: 30_000 }),
    })
    await channel.send(wish)
    expect(channel.readyMs).toBe(clock.nowMs() + 30_000)
    expect(await channel.send(wish)).toMatchObject({ reason: 'throttled', retryAfterMs: 30_000 })
    state.answer = () => accepted
    await clock.advance(30_000)
    expect(await channel.send(wish)).toEqual(accepted)
    expect(state.sent).toBe(2)
  })

  it('lets one rest that fails again and again, longer each time, until it is well', async () => {
    const { channel, clock, state } = guarded({ answer: () => broken })
    for (let n = 0; n < 3; n++) expect(await channel.send(wish)).toEqual(broken)
    const rests: number[] = []
    for (let n = 0; n < 9; n++) {
      const restMs = channel.readyMs - clock.nowMs()
      rests.push(restMs)
      await clock.advance(restMs)
      await channel.send(wish)
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    await clock.advance(60_000)
    state.answer = () => accepted
    for (let n = 0; n < 5; n++) expect(await channel.send(wish)).toEqual(accepted)
    state.answer = () => broken
    await channel.send(wish)
    expect(channel.readyMs).toBeLessThanOrEqual(clock.nowMs())
  })

  it('does not blame the provider for addresses', async () => {
    const { channel, clock } = guarded({ answer: () => invalid })
    for (let n = 0; n < 20; n++) expect(await channel.send(wish)).toEqual(invalid)
    expect(channel.readyMs).toBeLessThanOrEqual(clock.nowMs())
  })

  it('has a bound of what is under way', async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { channel } = guarded({ answer: () => gate.then(() => accepted) })
    const under = Array.from({ length: limits.channelSendsAtOnceMax }, () => channel.send(wish))
    expect(await channel.send(wish)).toMatchObject({ reason: 'throttled', retryAfterMs: limits.channelCrowdedRetryMs })
    release()
    for (const outcome of await Promise.all(under)) expect(outcome).toEqual(accepted)
    expect(await channel.send(wish)).toEqual(accepted)
  })
})
