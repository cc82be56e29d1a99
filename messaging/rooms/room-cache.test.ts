import { describe, expect, it } from 'vitest'
import type { Users } from '#identity/api.ts'
import { defaultRoomVersion, roomVersion } from '#matrix/api.ts'
import { limits, type Postgres, type SealingKey, silentLogger, type Vault } from '#platform/api.ts'
import { Room } from './room.ts'
import { RoomCache } from './room-cache.ts'

const version = roomVersion(defaultRoomVersion)
const half = limits.roomCacheEntriesMax / 2

/** Nothing is read here: every room is put in by hand. */
function cacheOfRooms() {
  const nothing = {} as unknown
  const [db, users, vault] = [nothing as Postgres, nothing as Users, nothing as Vault]
  const cache = new RoomCache({ db, users, vault, logger: silentLogger })
  return {
    cache,
    add(id: number): Room {
      if (version === undefined) throw new Error('the default version is unknown')
      const matrixId = `!${id}`
      const head = { version: 0, extremities: [], depth: 0, ordering: 0, notifyCount: 0, lineId: 0, lineSeq: 0 }
      const room = new Room({ id, matrixId, version, key: nothing as SealingKey, head, members: [], state: [] })
      cache.add(room, { id, matrixId, version, keyId: id })
      return room
    },
  }
}

function grow(room: Room, members: number): void {
  for (let n = room.size; n < members; n += 1) {
    room.setMember({ userId: n, matrixId: `@${n}`, membership: 'join', eventId: '$', internalId: n })
  }
}

describe('RoomCache', () => {
  it('counts who joined while the room was in memory, and lets the room asked for longest ago go', async () => {
    const { cache, add } = cacheOfRooms()
    const [first, second] = [add(1), add(2)]
    grow(first, half)
    grow(second, half)
    await cache.room(1)
    await cache.room(2)
    expect([cache.peek(1), cache.peek(2)]).toEqual([undefined, second])
  })

  it('keeps a true sum when a room that grew is dropped', async () => {
    const { cache, add } = cacheOfRooms()
    grow(add(1), 2 * half)
    cache.drop(1)
    for (const id of [2, 3, 4]) {
      grow(add(id), half)
      await cache.room(id)
    }
    expect([2, 3, 4].filter((id) => cache.peek(id) !== undefined)).toEqual([4])
  })

  it('knows nothing more of a room that it forgot', () => {
    const { cache, add } = cacheOfRooms()
    add(1)
    cache.forget(1)
    expect(cache.peek(1)).toBeUndefined()
    expect(() => cache.forget(1)).not.toThrow()
  })
})
