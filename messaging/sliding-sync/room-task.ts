import type { Room } from '../rooms/room.ts'
import type { RoomChange } from '../sync/changes.ts'
import type { SentRoom } from './connection-state.ts'
import type { RoomWish } from './room-lists.ts'

/** One room that may be told in an answer. */
export type RoomTask = {
  readonly room: Room
  readonly wish: RoomWish
  readonly sent: SentRoom | undefined
  /** The log position up to which the client was told; undefined for a room that it begins anew. */
  readonly from: number | undefined
  /** The position up to which it is told now: that of the answer, or where the person left. */
  readonly to: number
  /** What happened since the request's own position, where that is `from` and all of it is known. */
  readonly change: RoomChange | undefined
  /** The client was told too few of the newest events and now wants more of them. */
  readonly expands: boolean
}
