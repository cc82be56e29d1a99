import type { Subject } from '#access/api.ts'
import type { JsonObject } from '#matrix/api.ts'
import type { Db } from '#platform/api.ts'
import type { StoredEvent } from '../events/stored-event.ts'
import type { RoomView } from '../ports.ts'
import type { RoomWish } from '../rooms/new-room-state.ts'

export type ServiceWords = {
  readonly type: string
  readonly content: JsonObject
  /** With the same key in the same room by the same user it is said once, however often it is asked for within 30 days. */
  readonly key?: string
  /** When it was said, where that is not now: milliseconds since 1970. */
  readonly saidMs?: number
}

export type ServiceState = {
  readonly type: string
  readonly stateKey?: string
  readonly content: JsonObject
  /** Only while this event holds that state, or none where it is null. Left out: whatever holds. */
  readonly whileHeld?: string | null
}

export type ServiceFile = { readonly name: string; readonly type: string; readonly bytes: Buffer }

/** Messages of several rooms, newest first; `before` is the id of an event of one of them. */
export type MessagesWish = { readonly before?: string | undefined; readonly limit: number }

/**
 * What other parts of the server do in rooms, in the name of users whom nobody signs in as: no account, password, device or
 * profile, and in no directory. Every act goes through the doors like those of people. Rooms are named by their Matrix ids.
 */
export interface ServiceRooms {
  /** The user with a name that is kept from people (`desk`, `c-…`); known from then on. */
  user(name: string): Promise<Subject>
  /** Somebody in whose name the server writes what it has decided about her: that she is in a room, or no longer. */
  person(userId: number): Promise<Subject>
  /** Internal ids of all rooms that somebody has ever had a tie with. */
  roomsOf(who: Subject): Promise<number[]>
  /** What begins with the room stands in it or nothing of it does. */
  make(maker: Subject, wish: RoomWish): Promise<RoomView>
  /** As it is in memory of this process: what another one wrote a moment ago may be missing. */
  room(matrixId: string): Promise<RoomView | undefined>
  send(as: Subject, room: string, words: ServiceWords): Promise<string>
  /** The event that holds the state now, new or not; undefined when another one held it than was expected. */
  set(as: Subject, room: string, state: ServiceState): Promise<{ readonly eventId: string } | undefined>
  /** Invites and joins at once; `content` is what stands in the event besides: a name for this room alone, say. */
  bring(by: Subject, room: string, who: Subject, content?: JsonObject): Promise<void>
  invite(by: Subject, room: string, who: Subject): Promise<void>
  /** Joins by the rules of the room, or because of an invitation. */
  join(as: Subject, room: string): Promise<void>
  /** What stands in the member event of somebody who is in the room. */
  present(as: Subject, room: string, content: JsonObject): Promise<void>
  leave(as: Subject, room: string): Promise<void>
  /** Takes out who is in, invited or asking. With `forgets` what she could read until then is shut to her as well. */
  remove(by: Subject, room: string, who: Subject, how: { reason: string; forgets?: boolean }): Promise<void>
  /**
   * Destroys what was ever said in the room, the files that its messages name, and those that are kept in it. Whoever was in it
   * has been taken out, and forgets it, before. Doing it again does no harm.
   */
  erase(room: string): Promise<void>
  /** Everybody sees that the user has read up to the event; never back. */
  read(as: Subject, room: string, eventId: string): Promise<void>
  /** Answers the address of the stored file: mxc://… Only who may see the room reads it. */
  upload(as: Subject, room: string, file: ServiceFile): Promise<string>
  /** A file that somebody has just sent into a room is kept in it from now on: only who may see the room reads it. */
  keepFiles(db: Db, event: StoredEvent): Promise<void>
  /** The file of an address mxc://… of this server; undefined when there is none, or it has more than `bytesMax`. */
  download(url: string, bytesMax: number): Promise<Omit<ServiceFile, 'name'> | undefined>
  /** By internal ids, as the log names them; what does not exist is left out. */
  events(ids: readonly number[]): Promise<StoredEvent[]>
  event(room: RoomView, eventId: string): Promise<StoredEvent | undefined>
  /** The last messages of a sender before an event of the room or, without one, until now; newest first. */
  saidBefore(room: RoomView, senderId: number, before: StoredEvent | undefined, limit: number): Promise<StoredEvent[]>
  messages(roomIds: readonly number[], wish: MessagesWish): Promise<StoredEvent[]>
}
