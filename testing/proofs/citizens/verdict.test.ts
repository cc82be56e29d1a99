import { describe, expect, it } from 'vitest'
import { type Attempt, acknowledged, bijection, type Message } from './verdict.ts'

const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  name: 'a1',
  send: 's1',
  event: null,
  state: 6,
  reference: 'SM1',
  code: null,
  task: null,
  wasUnsure: false,
  ...more,
})
const message = (more: Partial<Message> = {}): Message => ({
  sid: 'SM1',
  attempt: 'a1',
  body: 'words',
  isThere: true,
  ...more,
})

describe('the judge of both ledgers', () => {
  it('finds nothing where they agree', () => {
    const failed = attempt({ name: 'a2', state: 5, reference: null })
    expect(bijection([message()], [attempt(), failed])).toEqual([])
    const undelivered = attempt({ state: 5 })
    expect(bijection([message({ isThere: false })], [undelivered])).toEqual([])
  })

  it.each([
    ['went twice', [message(), message({ sid: 'SM2' })], [attempt()]],
    ['2 times', [message(), message({ sid: 'SM2', attempt: 'a2' })], [attempt(), attempt({ name: 'a2' })]],
    ['is of no attempt', [message()], []],
    ['does not know', [message()], [attempt({ reference: 'SM9' })]],
    ['no provider has it', [], [attempt()]],
    ['no provider has it', [], [attempt({ state: 3, reference: null })]],
    ['and went as', [message()], [attempt({ state: 2 })]],
    ['and went as', [message()], [attempt({ state: 5, reference: null })]],
    ['did not arrive', [message({ isThere: false })], [attempt()]],
    ['arrived and is in state 4', [message()], [attempt({ state: 4 })]],
  ])('finds what %s', (fault, messages, attempts) => {
    expect(bijection(messages, attempts).join('\n')).toContain(fault)
  })

  it('finds what was acknowledged and did not go', () => {
    const told = { sends: new Map([['words', 's1']]), replies: new Map([['other', '$e']]), rooms: new Map() }
    const other = attempt({ send: 's2', event: '$e' })
    expect(acknowledged(told, [message(), message({ body: 'other' })], [attempt(), other])).toEqual([])
    expect(acknowledged(told, [message()], [attempt(), other])).toEqual(['"other" was acknowledged and has not gone'])
    expect(acknowledged(told, [message()], [attempt()])).toEqual(['"other" was acknowledged and was never tried'])
  })
})
