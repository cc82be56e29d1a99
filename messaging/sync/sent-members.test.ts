import { describe, expect, it } from 'vitest'
import { SentMembers } from './sent-members.ts'

const room = 7
const people = (...ids: number[]) => new Set(ids)

function tell(sent: SentMembers, sessionId: number, since: string | undefined, token: string, ids: Set<number>) {
  sent.begin(sessionId, since)
  const unknown = sent.unknown(sessionId, room, ids)
  sent.add(sessionId, room, new Set(unknown))
  sent.end(sessionId, token)
  return unknown
}

describe('members that lazy loading has sent', () => {
  it('are sent once to a client that comes back with the token that followed them', () => {
    const sent = new SentMembers()
    expect(tell(sent, 1, undefined, 'a', people(1, 2))).toEqual([1, 2])
    expect(tell(sent, 1, 'a', 'b', people(2, 3))).toEqual([3])
    expect(tell(sent, 1, 'b', 'c', people(1, 2, 3))).toEqual([])
  })

  it('are sent again when the answer may have been lost', () => {
    const sent = new SentMembers()
    tell(sent, 1, undefined, 'a', people(1))
    expect(tell(sent, 1, 'a', 'b', people(1, 2))).toEqual([2])
    expect(tell(sent, 1, 'a', 'b', people(1, 2))).toEqual([2])
    expect(tell(sent, 1, 'elsewhere', 'c', people(1, 2))).toEqual([1, 2])
  })

  it('are forgotten for the session unused for longest once all together take too much memory', () => {
    const many = new Set(Array.from({ length: 1_000 }, (_, n) => n))
    const sent = new SentMembers(70_000)
    tell(sent, 1, undefined, 'a', many)
    tell(sent, 2, undefined, 'a', many)
    expect(tell(sent, 1, 'a', 'b', many)).toEqual([])
    tell(sent, 3, undefined, 'a', many)
    expect(tell(sent, 1, 'b', 'c', many)).toEqual([])
    expect(tell(sent, 2, 'a', 'b', many)).toHaveLength(1_000)
  })

  it('take no more room for what a lost answer told', () => {
    const sent = new SentMembers(70_000)
    tell(sent, 1, undefined, 'a', people(1))
    tell(sent, 2, undefined, 'a', people(1))
    const many = new Set(Array.from({ length: 1_000 }, (_, n) => n + 10))
    for (let n = 0; n < 5; n++) tell(sent, 2, 'a', 'b', many)
    expect(tell(sent, 1, 'a', 'b', people(1))).toEqual([])
  })
})
