import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { Refusal } from '../errors/refusal.ts'
import { rates } from '../limits.ts'
import { createRateLimits, type RateLimits } from './rate-limits.ts'

function clockAt(startMs: number): Clock & { nowIsMs: number } {
  return {
    nowIsMs: startMs,
    nowMs() {
      return this.nowIsMs
    },
    sleep: () => Promise.reject(new Error('nothing sleeps here')),
  }
}

function taken(limits: RateLimits, caller: string): true | number {
  try {
    limits.take('createRoom', caller)
    return true
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return error.fields.retry_after_ms as number
  }
}

test('a burst passes, the next is told when to come back, and then passes', () => {
  const clock = clockAt(1_000_000)
  const limits = createRateLimits(clock)
  for (let n = 0; n < rates.createRoom.burst; n++) expect(taken(limits, 'a')).toBe(true)
  const retryAfterMs = taken(limits, 'a')
  expect(retryAfterMs).toBe(1000 / rates.createRoom.perSecond)
  expect(taken(limits, 'b')).toBe(true)
  clock.nowIsMs += Number(retryAfterMs) - 1
  expect(taken(limits, 'a')).toBe(1)
  clock.nowIsMs += 1
  expect(taken(limits, 'a')).toBe(true)
})

test('over any time no more passes than the burst and the rate allow', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20_000 }), { maxLength: 200 }), (pausesMs) => {
      const clock = clockAt(0)
      const limits = createRateLimits(clock)
      const passed: number[] = []
      for (const pauseMs of pausesMs) {
        clock.nowIsMs += pauseMs
        if (taken(limits, 'a') === true) passed.push(clock.nowIsMs)
      }
      for (const [at, startMs] of passed.entries()) {
        const { burst, perSecond } = rates.createRoom
        const endMs = passed.at(-1)!
        expect(passed.length - at).toBeLessThanOrEqual(burst + ((endMs - startMs) / 1000) * perSecond + 0.001)
      }
    }),
  )
})

test('memory is bounded, and those who were refused last are remembered longest', () => {
  const clock = clockAt(0)
  const limits = createRateLimits(clock, { bucketsMax: 100 })
  for (let n = 0; n < 1000; n++) taken(limits, `old-${n}`)
  for (let n = 0; n < rates.createRoom.burst; n++) taken(limits, 'busy')
  for (let n = 0; n < 50; n++) taken(limits, `new-${n}`)
  expect(taken(limits, 'busy')).not.toBe(true)
})
