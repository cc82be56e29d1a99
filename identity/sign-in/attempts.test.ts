import { expect, it } from 'vitest'
import { createAttempts } from './attempts.ts'

function clockAt(startMs: number) {
  let nowMs = startMs
  return { nowMs: () => nowMs, sleep: async () => undefined, pass: (ms: number) => (nowMs += ms) }
}

/** Fails until it is refused. @returns how many failures were let through. */
function failures(begin: () => unknown, upTo: number): number {
  for (let count = 0; count < upTo; count++) {
    try {
      begin()
    } catch (error) {
      expect(error).toMatchObject({ code: 'M_LIMIT_EXCEEDED' })
      return count
    }
  }
  return upTo
}

it('five wrong passwords from one address, then one a minute', () => {
  const clock = clockAt(1_000)
  const attempts = createAttempts({ clock, isOn: true })
  expect(failures(() => attempts.begin('10.0.0.1', '@ada:test'), 20)).toBe(5)
  expect(() => attempts.begin('10.0.0.1', '@ada:test')).toThrow('Wait a minute')
  clock.pass(60_000)
  expect(failures(() => attempts.begin('10.0.0.1', '@ada:test'), 20)).toBe(1)
})

it('right passwords count for nothing, so colleagues behind one address do not slow each other down', () => {
  const attempts = createAttempts({ clock: clockAt(0), isOn: true })
  for (let count = 0; count < 1_000; count++) attempts.begin('10.0.0.1', `@p${count % 3}:test`).succeeded()
})

it('one address cannot try many accounts', () => {
  const attempts = createAttempts({ clock: clockAt(0), isOn: true })
  let account = 0
  expect(failures(() => attempts.begin('10.0.0.1', `@p${account++}:test`), 1_000)).toBe(50)
})

it('many addresses cannot go on guessing one account, and do not lock its person out where she signs in', () => {
  const attempts = createAttempts({ clock: clockAt(0), isOn: true })
  attempts.begin('10.9.9.9', '@ada:test').succeeded()
  let address = 0
  expect(failures(() => attempts.begin(`10.0.${address >> 8}.${address++ & 255}`, '@ada:test'), 1_000)).toBe(100)
  expect(() => attempts.begin('10.9.9.9', '@ada:test').succeeded()).not.toThrow()
})

it('is off when tests ask for it', () => {
  const attempts = createAttempts({ clock: clockAt(0), isOn: false })
  expect(failures(() => attempts.begin('10.0.0.1', '@ada:test'), 1_000)).toBe(1_000)
})
