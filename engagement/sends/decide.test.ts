import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AttemptState, attemptPlaces } from './attempt-states.ts'
import { type AttemptFacts, decide, lessonsOf, withoutWay } from './decide.ts'

const state = fc.constantFrom(...(Object.keys(attemptPlaces) as AttemptState[]))
const attempt = fc
  .record({
    state,
    addressId: fc.integer({ min: 1, max: 3 }),
    channelId: fc.constantFrom('sms', 'mail'),
    isFinal: fc.boolean(),
    code: fc.constantFrom(null, 'stopped', '30003', 'erased'),
  })
  .map((one): AttemptFacts => ({ ...one, state: attemptPlaces[one.state] }))
const send = fc.record({
  kind: fc.constantFrom('message', 'reply', 'question' as const),
  deadlineTs: fc.constant(1_000),
  basis: fc.constantFrom('consent', 'legal-duty', 'public-task', 'emergency' as const),
})
const attempts = fc.array(attempt, { maxLength: 5 })
const has = (all: readonly AttemptFacts[], ...states: AttemptState[]) =>
  states.some((one) => all.some((attempt) => attempt.state === attemptPlaces[one]))
const open = ['queued', 'sending', 'unknown'] as const

describe('what is done next', () => {
  it('is never a further attempt while the fate of one is open, or after one that is on its way or has arrived', () => {
    fc.assert(
      fc.property(send, attempts, fc.integer({ max: 2_000 }), (facts, all, nowTs) => {
        if (decide(facts, all, nowTs).do !== 'next') return
        expect(has(all, ...open, 'accepted', 'sent', 'delivered', 'read')).toBe(false)
        expect(nowTs).toBeLessThan(facts.deadlineTs)
      }),
    )
  })

  it('is an end at the deadline, whatever happened, but for what is being handed over at this moment', () => {
    fc.assert(
      fc.property(send, attempts, (facts, all) => {
        const decision = decide(facts, all, facts.deadlineTs)
        if (has(all, 'sending') && !has(all, 'queued', 'delivered', 'read')) expect(decision.do).toBe('wait')
        else expect(decision.do).toBe('end')
      }),
    )
  })

  it('is a task for whatever had to arrive and did not for certain, and none for what arrived or for a question', () => {
    fc.assert(
      fc.property(send, attempts, (facts, all) => {
        const decision = decide(facts, all, facts.deadlineTs)
        if (decision.do !== 'end') return
        if (facts.kind === 'question' || has(all, 'delivered', 'read')) expect(decision.task).toBeUndefined()
        else if (has(all, 'unknown') && !has(all, 'queued')) expect(decision.task).toBe('unknown')
        else if (facts.basis === 'legal-duty' && decision.code !== 'erased') expect(decision.task).toBeDefined()
      }),
    )
  })

  it('respects her will without troubling anybody, where all rests on her consent', () => {
    const consent = { kind: 'message', deadlineTs: 1_000, basis: 'consent' } as const
    const no = (code: 'erased' | 'held' | 'no-address' | 'stopped') => ({ isOpen: false, code, message: '' }) as const
    expect(withoutWay(consent, no('stopped'))).toEqual({ do: 'end', outcome: 'withheld', code: 'stopped' })
    expect(withoutWay(consent, no('held'))).toEqual({ do: 'hold' })
    expect(withoutWay(consent, no('no-address'))).toMatchObject({ outcome: 'failed', task: 'not-delivered' })
    const duty = { ...consent, basis: 'legal-duty' } as const
    expect(withoutWay(duty, no('stopped'))).toMatchObject({ outcome: 'withheld', task: 'not-delivered' })
    expect(withoutWay(duty, no('erased'))).toEqual({ do: 'end', outcome: 'withheld', code: 'erased' })
  })

  it('learns from failures: what is final is not tried again, what is not makes room for another provider', () => {
    const failed = (addressId: number, channelId: string, isFinal: boolean): AttemptFacts => ({
      addressId,
      channelId,
      isFinal,
      code: null,
      state: attemptPlaces.failed,
    })
    const { failedAt, down } = lessonsOf([failed(1, 'sms', true), failed(2, 'mail', false)])
    expect([[...failedAt], [...down]]).toEqual([[1], ['mail']])
  })
})
