import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayBeginsMs, firstLoudMs, isQuiet, isTimeZone, type QuietHours } from './quiet-hours.ts'

const minuteMs = 60_000
const berlin = (from: number, to: number): QuietHours => ({ timeZone: 'Europe/Berlin', from, to })
const at = (text: string) => Date.parse(text)
const night = berlin(21 * 60, 8 * 60)

describe('quiet hours', () => {
  it('defer to the morning, and let the day through', () => {
    expect(firstLoudMs(night, at('2026-05-04T10:00:00+02:00'))).toBe(at('2026-05-04T10:00:00+02:00'))
    expect(firstLoudMs(night, at('2026-05-04T21:00:00+02:00'))).toBe(at('2026-05-05T08:00:00+02:00'))
    expect(firstLoudMs(night, at('2026-05-05T07:59:59.999+02:00'))).toBe(at('2026-05-05T08:00:00+02:00'))
    expect(firstLoudMs(berlin(60, 60), at('2026-05-05T01:00:00+02:00'))).toBe(at('2026-05-05T01:00:00+02:00'))
  })

  it('follow the clocks when these are put forward or back', () => {
    expect(firstLoudMs(night, at('2026-03-28T22:00:00+01:00'))).toBe(at('2026-03-29T08:00:00+02:00'))
    expect(firstLoudMs(night, at('2026-10-24T22:00:00+02:00'))).toBe(at('2026-10-25T08:00:00+01:00'))
    // Half past two does not come that night: at three the quiet is over.
    expect(firstLoudMs(berlin(22 * 60, 150), at('2026-03-29T00:00:00+01:00'))).toBe(at('2026-03-29T03:00:00+02:00'))
  })

  it('end at the first moment that is not quiet, in every time zone and over every change of clocks', () => {
    const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
    const minute = fc.integer({ min: 0, max: 1_439 })
    // Near the changes of clocks of both halves of the world as well as at any time.
    const near = fc
      .constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01')
      .chain((day) => fc.integer({ min: -30 * 60, max: 30 * 60 }).map((minutes) => at(day) + minutes * minuteMs))
    const any = fc.integer({ min: at('2025-01-01'), max: at('2032-01-01') })
    const hours = fc.record({ timeZone: zone, from: minute, to: minute })
    fc.assert(
      fc.property(hours, fc.oneof(near, any), fc.infiniteStream(fc.double({ min: 0, max: 1 })), (quiet, now, parts) => {
        const loud = firstLoudMs(quiet, now)
        expect(isQuiet(quiet, loud)).toBe(false)
        expect(loud).toBeGreaterThanOrEqual(now)
        expect(loud - now).toBeLessThanOrEqual(27 * 60 * minuteMs)
        if (loud === now) return
        expect(isQuiet(quiet, loud - 1)).toBe(true)
        for (let n = 0; n < 8; n++) {
          const between = now + Math.floor((loud - now) * (parts.next().value ?? 0))
          if (between < loud) expect(isQuiet(quiet, between)).toBe(true)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('know which time zones there are', () => {
    expect(isTimeZone('America/Argentina/Buenos_Aires')).toBe(true)
    expect(isTimeZone('Europe/Nowhere')).toBe(false)
  })
})

describe('a day', () => {
  it('begins when clocks there turn to it, also where midnight is left out', () => {
    expect(dayBeginsMs('Europe/Berlin', '2026-05-04')).toBe(at('2026-05-04T00:00:00+02:00'))
    expect(dayBeginsMs('Pacific/Kiritimati', '2026-05-04')).toBe(at('2026-05-04T00:00:00+14:00'))
    expect(dayBeginsMs('America/Los_Angeles', '2026-11-02')).toBe(at('2026-11-02T00:00:00-08:00'))
    expect(dayBeginsMs('Africa/Cairo', '2026-04-24')).toBe(at('2026-04-24T01:00:00+03:00'))
    expect(dayBeginsMs('Europe/Berlin', '2026-02-31')).toBeUndefined()
    expect(dayBeginsMs('Europe/Berlin', 'tomorrow')).toBeUndefined()
  })
})
