import type { Membership, RoomFacts } from '#access/api.ts'
import { isNoticeRoom } from '../notices/notice-account.ts'
import type { Memberships } from './memberships.ts'
import type { RoomCache } from './room-cache.ts'

const none: ReadonlyMap<number, Membership> = new Map()

/** What access knows about rooms: exactly what is in memory. Whoever asks access has loaded room and person before. */
type Deps = { rooms: RoomCache; memberships: Memberships; serverName: string }

export function createRoomFacts({ rooms, memberships, serverName }: Deps): RoomFacts {
  return {
    exists: (roomId) => (rooms.peek(roomId)?.size ?? 0) > 0,
    membership: (roomId, userId) => {
      const room = rooms.peek(roomId)
      if (room !== undefined) return room.memberByUser(userId)?.membership
      return memberships.peek(userId)?.get(roomId)
    },
    memberships: (userId) => memberships.peek(userId) ?? none,
    membershipsVersion: (userId) => memberships.version(userId),
    joinRule: (roomId) => rooms.peek(roomId)?.joinRule() ?? 'invite',
    historyVisibility: (roomId) => rooms.peek(roomId)?.historyVisibility() ?? 'shared',
    isOfNotices: (roomId) => {
      const room = rooms.peek(roomId)
      return room !== undefined && isNoticeRoom(room, serverName)
    },
    admitsGuests: (roomId) => rooms.peek(roomId)?.admitsGuests() ?? false,
  }
}
