import { expect, it } from 'vitest'
import { FakeClock } from '#testing/fake-clock.ts'
import { createMovableClock } from './movable-clock.ts'

it('goes with the real clock, and wakes whoever slept until the time to which it is moved', async () => {
  const real = new FakeClock(1_000)
  const clock = createMovableClock(real, 500)
  expect([clock.nowMs(), clock.offsetMs]).toEqual([1_500, 500])
  const woken: string[] = []
  const short = clock.sleep(100).then(() => woken.push('short'))
  const long = clock.sleep(1_000).then(() => woken.push('long'))
  await real.advance(60)
  clock.advance(40)
  await short
  expect(woken).toEqual(['short'])
  expect(clock.nowMs()).toBe(1_600)
  clock.advance(500)
  await Promise.resolve()
  expect(woken).toEqual(['short'])
  // What is left of a sleep passes by the real clock.
  await expect.poll(() => real.advance(100).then(() => woken)).toEqual(['short', 'long'])
  await long
  expect(() => clock.advance(-1)).toThrow('forwards')
})

it('gives up a sleep with its signal', async () => {
  const clock = createMovableClock(new FakeClock())
  const over = new AbortController()
  const sleep = clock.sleep(1_000, over.signal)
  over.abort(new Error('enough'))
  await expect(sleep).rejects.toThrow('enough')
  await expect(clock.sleep(0, over.signal)).rejects.toThrow('enough')
})
