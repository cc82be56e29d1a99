import { describe, expect, it } from 'vitest'
import { limits, systemRandom as random } from '#platform/api.ts'
import { createPasswordHashes, hashingCosts } from './argon2.ts'
import { isCommon } from './common.ts'
import { checkNewPassword } from './rules.ts'

const hashesWith = (cost: keyof typeof hashingCosts, secret = Buffer.alloc(32, 1)) =>
  createPasswordHashes({ random, secret, cost: hashingCosts[cost] })

describe('password hashes', () => {
  it('verify the password and nothing else', async () => {
    const hashes = hashesWith('strong')
    const stored = await hashes.hash('sieben kleine Berge')
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await hashes.verify('sieben kleine Berge', stored)).toBe(true)
    expect(await hashes.verify('sieben kleine berge', stored)).toBe(false)
    expect(await hashes.verify('', undefined)).toBe(false)
  })

  it('salt each hash', async () => {
    const hashes = hashesWith('cheap')
    expect(await hashes.hash('a')).not.toBe(await hashes.hash('a'))
  })

  it('are worth nothing without the secret that is kept apart', async () => {
    const stored = await hashesWith('cheap').hash('sieben kleine Berge')
    expect(await hashesWith('cheap', Buffer.alloc(32, 2)).verify('sieben kleine Berge', stored)).toBe(false)
  })

  it('take the same characters from every keyboard', async () => {
    const hashes = hashesWith('cheap')
    expect(await hashes.verify('caf\u00e9', await hashes.hash('cafe\u0301'))).toBe(true)
  })

  it('are made anew when they are weaker than today, never the other way round', async () => {
    const weak = await hashesWith('cheap').hash('a')
    expect(hashesWith('strong').isOutdated(weak)).toBe(true)
    expect(hashesWith('cheap').isOutdated(weak)).toBe(false)
    expect(await hashesWith('strong').verify('a', weak)).toBe(true)
    expect(hashesWith('cheap').isOutdated(weak.replace('m=8,t=1', 'm=19456,t=2'))).toBe(false)
  })

  it('that are damaged or ask for absurd work are refused', async () => {
    const hashes = hashesWith('cheap')
    const stored = await hashes.hash('a')
    await expect(hashes.verify('a', stored.slice(0, -3))).rejects.toThrow('damaged')
    await expect(hashes.verify('a', stored.replace('m=8', 'm=9999999'))).rejects.toThrow('damaged')
  })

  it('keep order in the queue and turn a flood away with a time to come back', async () => {
    const hashes = hashesWith('cheap')
    const results = await Promise.allSettled(Array.from({ length: 300 }, () => hashes.hash('a')))
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused).toHaveLength(300 - 202)
    expect(refused[0]!.reason).toMatchObject({ code: 'M_LIMIT_EXCEEDED', fields: { retry_after_ms: 5_000 } })
    await expect(hashes.hash('a')).resolves.toContain('$argon2id$')
  })
})

describe('rules for passwords that people choose', () => {
  const context = { username: 'ada.lovelace', displayName: 'Ada Lovelace', organisation: 'Ministry of Engines' }
  const check = (password: string) => () => checkNewPassword(password, context, limits)

  it('ask for length and for no signs', () => {
    expect(check('drei grüne Boote')).not.toThrow()
    expect(check('short-1A!')).toThrow('at least 15 characters')
    expect(check('x'.repeat(513))).toThrow('512')
  })

  it('refuse what is tried first', () => {
    for (const password of [
      'Administrator2026!',
      'passwordpassword',
      'abcabcabcabcabcabc',
      'abcdefghijklmnop',
      '1234567890123456',
    ]) {
      expect(check(password)).toThrow('try this password first')
      expect(isCommon(password)).toBe(true)
    }
  })

  it('refuse the own name and the name of the organisation', () => {
    expect(check('ada.lovelace.2026!')).toThrow('your name')
    expect(check('ministryofengines')).toThrow('your name')
    expect(check('Correct-horse-ada.lovelace')).not.toThrow()
  })
})
