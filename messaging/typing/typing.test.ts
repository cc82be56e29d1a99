import { describe, expect, it, vi } from 'vitest'
import { limits } from '#platform/api.ts'
import type { Waiters } from '../sync/waiters.ts'
import { Typing, type TypingNews } from './typing.ts'

const alice = { userId: 1, matrixId: '@alice:town.example' }
const nobodyWaits = { wakeRoom: () => undefined } as unknown as Waiters

describe('typing', () => {
  it('tells who writes, and once that nobody does any more', () => {
    const typing = new Typing({ waiters: nobodyWaits, tell: () => undefined })
    typing.start(7, alice, 1_000)
    const then = typing.serial
    expect(typing.since(7, 0)).toEqual([alice.matrixId])
    typing.stop(7, alice)
    expect(typing.roomsSince(then)).toEqual([7])
    expect(typing.since(7, then)).toEqual([])
    expect(typing.since(7, typing.serial)).toBeUndefined()
  })

  it('forgets rooms in which nobody writes, the longest quiet first', () => {
    const typing = new Typing({ waiters: nobodyWaits, tell: () => undefined })
    for (let room = 0; room <= limits.quietTypingRoomsMax; room += 1) {
      typing.start(room, alice, 60_000)
      typing.stop(room, alice)
    }
    expect(typing.roomsSince(0)).toHaveLength(limits.quietTypingRoomsMax)
    expect(typing.since(0, 0)).toBeUndefined()
    expect(typing.since(1, 0)).toEqual([])
  })

  it('is told by one node to another, each change of a moment once, and never back', () => {
    vi.useFakeTimers()
    try {
      const told: TypingNews[][] = []
      const here = new Typing({ waiters: nobodyWaits, tell: (news) => void told.push([...news]) })
      const there = new Typing({
        waiters: nobodyWaits,
        tell: () => {
          throw new Error('what was heard is not told again')
        },
      })
      here.start(7, alice, 1_000)
      here.stop(7, alice)
      here.start(7, alice, 5_000)
      vi.advanceTimersByTime(100)
      expect(told).toEqual([[{ ...alice, roomId: 7, forMs: 5_000 }]])
      there.hear(told.flat())
      expect(there.inRoom(7)).toEqual([alice.matrixId])
      // A renewal is told, though nothing changes for those who are here.
      here.start(7, alice, 5_000)
      vi.advanceTimersByTime(100)
      there.hear(told[1] ?? [])
      vi.advanceTimersByTime(4_950)
      expect(there.inRoom(7)).toEqual([alice.matrixId])
      vi.advanceTimersByTime(50)
      expect(there.inRoom(7)).toEqual([])
      there.hear([{ ...alice, roomId: 7, forMs: 10 * limits.typingMsMax }])
      vi.advanceTimersByTime(limits.typingMsMax)
      expect(there.inRoom(7)).toEqual([])
      here.start(8, alice, 5_000)
      here.stop(8, alice)
      here.close()
      expect(told.at(-1)).toEqual([{ ...alice, roomId: 8, forMs: 0 }])
    } finally {
      vi.useRealTimers()
    }
  })
})
