import { describe, expect, it } from 'vitest'
import { limits } from '#platform/api.ts'
import type { Waiters } from '../sync/waiters.ts'
import { Typing } from './typing.ts'

const alice = { userId: 1, matrixId: '@alice:town.example' }
const nobodyWaits = { wakeRoom: () => undefined } as unknown as Waiters

describe('typing', () => {
  it('tells who writes, and once that nobody does any more', () => {
    const typing = new Typing({ waiters: nobodyWaits })
    typing.start(7, alice, 1_000)
    const then = typing.serial
    expect(typing.since(7, 0)).toEqual([alice.matrixId])
    typing.stop(7, alice.userId)
    expect(typing.roomsSince(then)).toEqual([7])
    expect(typing.since(7, then)).toEqual([])
    expect(typing.since(7, typing.serial)).toBeUndefined()
  })

  it('forgets rooms in which nobody writes, the longest quiet first', () => {
    const typing = new Typing({ waiters: nobodyWaits })
    for (let room = 0; room <= limits.quietTypingRoomsMax; room += 1) {
      typing.start(room, alice, 60_000)
      typing.stop(room, alice.userId)
    }
    expect(typing.roomsSince(0)).toHaveLength(limits.quietTypingRoomsMax)
    expect(typing.since(0, 0)).toBeUndefined()
    expect(typing.since(1, 0)).toEqual([])
  })
})
