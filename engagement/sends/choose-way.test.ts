import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseWay } from './choose-way.ts'
import { sensitivities, type WayAddress, type WayChannel, type WayFacts } from './ways.ts'

const nowMs = Date.UTC(2026, 4, 4, 13)
const minuteMs = 60_000
const sms: WayChannel = { id: 'sms', kind: 'sms', rating: 'personal' }
const mail: WayChannel = { id: 'mail', kind: 'mail', rating: 'personal' }
const inbox: WayChannel = { id: 'inbox', kind: 'inbox', rating: 'sensitive' }
const address = (id: number, kind: WayAddress['kind'], more: Partial<WayAddress> = {}): WayAddress => ({
  id,
  kind,
  isVerified: true,
  isShared: false,
  isReadByOthers: false,
  ...more,
})
const facts = (more: Partial<WayFacts> = {}): WayFacts => ({
  nowMs,
  addresses: [address(1, 'sms'), address(2, 'mail')],
  channels: [sms, mail, inbox],
  order: [],
  sensitivity: 'personal',
  hasInbox: true,
  ...more,
})
const stopped = { code: 'stopped', message: 'She has said STOP.' } as const

describe('the way of the next words', () => {
  it('is where she wrote lately, and says so', () => {
    const wrote = (minutes: number) => ({ addressId: 2, channelId: 'mail', atMs: nowMs - minutes * minuteMs })
    expect(chooseWay(facts({ lastIn: wrote(5), order: ['sms'] }))).toMatchObject({
      channelId: 'mail',
      form: 'words',
      reason: 'She wrote by e-mail five minutes ago.',
    })
    expect(chooseWay(facts({ lastIn: wrote(15 * 24 * 60) }))).toMatchObject({ channelId: 'sms' })
  })

  it('is what she prefers, and tells why when it is only the second that she prefers', () => {
    expect(chooseWay(facts({ order: ['mail', 'sms'] }))).toMatchObject({
      channelId: 'mail',
      reason: 'She asked for e-mail first.',
    })
    const shut = facts({
      addresses: [address(1, 'sms'), address(2, 'mail', { shut: stopped })],
      order: ['mail', 'sms'],
    })
    expect(chooseWay(shut)).toMatchObject({
      channelId: 'sms',
      reason: 'She asked for e-mail first, but that is closed; then for SMS.',
    })
  })

  it('is what the sender chose, or it is refused and the next best is named', () => {
    expect(chooseWay(facts({ override: 'mail' }))).toMatchObject({ channelId: 'mail', reason: 'You chose e-mail.' })
    const shut = facts({ addresses: [address(1, 'sms', { shut: stopped }), address(2, 'mail')], override: 'sms' })
    expect(chooseWay(shut)).toMatchObject({
      isOpen: false,
      code: 'stopped',
      message: 'She has said STOP. It can go by e-mail.',
      nextBest: { channelId: 'mail' },
    })
    const addresses = [address(1, 'sms', { shut: stopped }), address(3, 'inbox')]
    const wrote = { addressId: 3, channelId: 'inbox', atMs: nowMs - minuteMs }
    expect(chooseWay(facts({ addresses, override: 'sms', lastIn: wrote }))).toMatchObject({
      message: 'She has said STOP. It can go into her inbox.',
      nextBest: { reason: expect.stringMatching(/^She wrote in her inbox /) },
    })
    expect(chooseWay(facts({ addresses: [address(1, 'sms')], override: 'mail' }))).toMatchObject({
      isOpen: false,
      code: 'no-address',
      message: 'There is no address of her for e-mail. It can go by SMS.',
    })
  })

  it('carries a neutral notice where the words are too sensitive for it', () => {
    const way = chooseWay(facts({ sensitivity: 'sensitive' }))
    expect(way).toMatchObject({ channelId: 'sms', form: 'notice' })
    const read = facts({ addresses: [address(1, 'sms', { isReadByOthers: true })] })
    expect(chooseWay(read)).toMatchObject({ form: 'notice' })
    expect(chooseWay({ ...read, sensitivity: 'public' })).toMatchObject({ form: 'words' })
    expect(chooseWay(facts({ sensitivity: 'sensitive', hasInbox: false }))).toMatchObject({ code: 'too-sensitive' })
  })

  it('is another one after a failure, and none when there is no other', () => {
    expect(chooseWay(facts({ failedAt: new Set([1]) }))).toMatchObject({
      channelId: 'mail',
      reason: 'SMS did not reach her.',
    })
    expect(chooseWay(facts({ failedAt: new Set([1, 2]) }))).toMatchObject({ isOpen: false, code: 'no-address' })
  })

  it('goes round a provider that is down', () => {
    const spare: WayChannel = { ...sms, id: 'sms-2' }
    expect(chooseWay(facts({ channels: [{ ...sms, isDown: true }, spare] }))).toMatchObject({ channelId: 'sms-2' })
  })

  it('prefers what is confirmed, and what nobody else reads', () => {
    const two = [address(1, 'sms', { isVerified: false }), address(2, 'sms')]
    expect(chooseWay(facts({ addresses: two }))).toMatchObject({ addressId: 2 })
    const shared = [address(1, 'sms', { isShared: true }), address(2, 'sms')]
    expect(chooseWay(facts({ addresses: shared }))).toMatchObject({ addressId: 2 })
  })
})

describe('whatever the facts are', () => {
  const kind = fc.constantFrom('sms', 'mail', 'inbox' as const)
  const anyAddress = fc.record({
    kind,
    isVerified: fc.boolean(),
    isShared: fc.boolean(),
    isReadByOthers: fc.boolean(),
    shut: fc.constantFrom(undefined, stopped),
  })
  const anyFacts = fc
    .record({
      addresses: fc.array(anyAddress, { maxLength: 5 }),
      channels: fc.subarray([sms, mail, inbox, { ...sms, id: 'sms-2', isDown: true }]),
      order: fc.uniqueArray(kind, { maxLength: 3 }),
      sensitivity: fc.constantFrom(...sensitivities),
      override: fc.option(kind, { nil: undefined }),
      failed: fc.subarray([1, 2, 3, 4, 5]),
      lastAddress: fc.integer({ min: 1, max: 5 }),
      lastMinutes: fc.integer({ min: 0, max: 30_000 }),
      hasInbox: fc.boolean(),
    })
    .map(
      ({ addresses, failed, lastAddress, lastMinutes, ...more }): WayFacts => ({
        ...more,
        nowMs,
        addresses: addresses.map((one, n) => ({ id: n + 1, ...one })),
        failedAt: new Set(failed),
        lastIn: { addressId: lastAddress, channelId: 'sms', atMs: nowMs - lastMinutes * minuteMs },
      }),
    )

  it('nothing goes where it is shut, where it failed, by a kind that nobody chose, or in words where these may not go', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const way = chooseWay(facts)
        expect(chooseWay(facts)).toEqual(way)
        if (!way.isOpen) return
        const address = facts.addresses.find(({ id }) => id === way.addressId)
        expect(address?.shut).toBeUndefined()
        expect(facts.failedAt?.has(way.addressId)).toBe(false)
        if (facts.override !== undefined) expect(way.kind).toBe(facts.override)
        if (way.form === 'notice') expect(facts.hasInbox).toBe(true)
        if (facts.sensitivity === 'sensitive' && way.kind !== 'inbox') expect(way.form).toBe('notice')
        expect(way.reason).toMatch(/^[A-Z].*\.$/)
      }),
      { numRuns: 2_000 },
    )
  })

  it('there is a way whenever one stands open that may carry a notice at least', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const could = facts.addresses.some(
          (one) =>
            one.shut === undefined &&
            !facts.failedAt?.has(one.id) &&
            (facts.override === undefined || one.kind === facts.override) &&
            facts.channels.some(({ kind }) => kind === one.kind),
        )
        if (facts.hasInbox) expect(chooseWay(facts).isOpen).toBe(could)
        else if (!could) expect(chooseWay(facts).isOpen).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})
