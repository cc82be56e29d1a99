import type { Draft } from './events/draft.ts'
import type { StoredEvent } from './events/stored-event.ts'
import type { Room } from './rooms/room.ts'

/** What may be known of a room without asking anybody: it is in memory. */
export type RoomView = Pick<
  Room,
  'id' | 'matrixId' | 'member' | 'memberByUser' | 'members' | 'content' | 'eventIdOf' | 'stateEntry'
>

/** What passes in a room at this moment. */
export type RoomMoment = {
  /** Matrix ids of those who are writing there, as far as this server process knows. */
  typists(): readonly string[]
  /** The last messages of everybody or, with `senderId`, of one person; newest first. */
  lastMessages(limit: number, senderId?: number): Promise<readonly StoredEvent[]>
}

/**
 * Asked before a write is accepted; throws a `Refusal` to stop it. Records and labels implement it and `server/` plugs
 * them in. It is asked for every write to every room, so what does not concern it must cost nothing.
 */
export interface SendGuard {
  check(room: RoomView, draft: Draft, now: RoomMoment): void | Promise<void>
}

/** Whom a search for people finds: all of the server, or those who share a room with the searcher or are in a public one. */
export type PeopleSearchScope = 'everybody' | 'acquainted'
