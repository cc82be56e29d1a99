import type { Access, Grant, RoomAct, Subject } from '#access/api.ts'
import { room as roomObject } from '#access/api.ts'
import type { Db } from '#platform/api.ts'
import { isForgotten } from '../store/forgotten-rooms.ts'
import type { Memberships } from './memberships.ts'
import type { Room } from './room.ts'
import type { RoomCache } from './room-cache.ts'

type Deps = { db: Db; access: Access; rooms: RoomCache; memberships: Memberships }

/** A room number that no room has: what is asked of it is answered like what is asked of a room one may not enter. */
export const nowhere = 0
const looksMax = 10
const reading: ReadonlySet<RoomAct> = new Set<RoomAct>(['room.read', 'room.event', 'room.members'])

/**
 * The way to a room: what is needed to decide is loaded, access is asked, and only then is the room handed out, together
 * with the grant. A room that does not exist and one that may not be entered are refused in the same words.
 */
export class Doors {
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async enter(subject: Subject, act: RoomAct, matrixId: string): Promise<{ room: Room; grant: Grant }> {
    const { access, rooms, memberships } = this.#deps
    await memberships.load(subject.userId)
    let room = await rooms.byMatrixId(matrixId)
    // What was read may be outdated and forgotten before it is asked; a member must not be turned away for that.
    for (let n = 1; n < looksMax && room !== undefined && rooms.peek(room.id) === undefined; n += 1) {
      room = await rooms.room(room.id)
    }
    const grant = access.require(subject, act, roomObject(room?.id ?? nowhere))
    if (room === undefined) throw new Error('access granted an act on a room that does not exist')
    const newest = rooms.peek(room.id) ?? room
    if (await this.#hasForgotten(subject, act, newest)) access.require(subject, act, roomObject(nowhere))
    return { room: newest, grant }
  }

  /** Whoever forgot a room has given up what she could read of it; beginning anew is open to her as to others. */
  async #hasForgotten(subject: Subject, act: RoomAct, room: Room): Promise<boolean> {
    const member = room.memberByUser(subject.userId)
    if (member === undefined || (member.membership !== 'leave' && member.membership !== 'ban')) return false
    if (!reading.has(act) || room.historyVisibility() === 'world_readable') return false
    const { userId } = subject
    return isForgotten(this.#deps.db, { userId, roomId: room.id, eventId: member.internalId })
  }
}
